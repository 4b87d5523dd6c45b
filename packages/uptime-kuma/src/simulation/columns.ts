/** Columns of both versions that are null where nobody says otherwise. */
const empty = [
  'description',
  'parent',
  'url',
  'hostname',
  'port',
  'keyword',
  'jsonPath',
  'expectedValue',
  'dns_last_result',
  'docker_container',
  'docker_host',
  'proxyId',
  'mqttTopic',
  'databaseQuery',
  'authMethod',
  'grpcUrl',
  'radiusSecret',
  'game',
  'headers',
  'body',
  'basic_auth_user',
  'basic_auth_pass',
  'oauth_client_id',
  'oauth_client_secret',
  'oauth_token_url',
  'oauth_scopes',
  'oauth_auth_method',
  'pushToken',
  'databaseConnectionString',
  'mqttUsername',
  'mqttPassword',
  'tlsCa',
  'tlsCert',
  'tlsKey',
]

/** What stands in a column of its own accord. */
const defaults = {
  name: null,
  type: null,
  method: 'GET',
  interval: 20,
  retryInterval: 0,
  resendInterval: 0,
  maxretries: 0,
  weight: 2000,
  timeout: 0,
  maxredirects: 10,
  packetSize: 56,
  ignoreTls: false,
  upsideDown: false,
  expiryNotification: true,
  invertKeyword: false,
  dns_resolve_type: 'A',
  dns_resolve_server: '1.1.1.1',
  httpBodyEncoding: null,
  accepted_statuscodes: ['200-299'],
  gamedigGivenPortOnly: true,
  kafkaProducerBrokers: null,
  kafkaProducerSaslOptions: null,
  kafkaProducerSsl: false,
  kafkaProducerAllowAutoTopicCreation: false,
}

/** What 2.x has besides; what is undefined has to be given. */
const second = {
  subtype: null,
  ipFamily: null,
  bearer_token: null,
  conditions: undefined,
  rabbitmqNodes: null,
  rabbitmqPassword: null,
  cacheBust: false,
  jsonPathOperator: null,
  ping_count: 1,
  saveResponse: false,
  saveErrorResponse: true,
  responseMaxLength: 1024,
  retryOnlyOnStatusCodeFailure: false,
  domainExpiryNotification: true,
  ntpStratumThreshold: null,
}

const required = ['interval', 'retryInterval', 'resendInterval', 'maxretries', 'method', 'maxredirects', 'packetSize', 'conditions']

/** The columns of a version with what stands in them of its own accord; undefined where something has to be given. */
export function columnsOf(isSecond: boolean): Record<string, unknown> {
  return { ...Object.fromEntries(empty.map((name) => [name, null])), ...defaults, ...(isSecond ? second : {}) }
}

/** The first of the columns that must hold something and would not, as the database says it. */
export function missingColumn(row: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, unknown>>): string | undefined {
  const name = required.find((column) => column in columns && (row[column] === null || row[column] === undefined))
  return name === undefined ? undefined : `SQLITE_CONSTRAINT: NOT NULL constraint failed: monitor.${snake(name)}`
}

/** The name of a column in the database. */
export function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
