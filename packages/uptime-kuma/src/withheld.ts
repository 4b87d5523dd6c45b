const withheld = '[redacted]'

/** Fields of a monitor that hold a secret, or may: what is sent to what it watches, and how it says who it is. */
export const secretFields: ReadonlySet<string> = new Set([
  'basic_auth_pass',
  'bearer_token',
  'body',
  'databaseConnectionString',
  'gamedigToken',
  'grpcBody',
  'grpcMetadata',
  'headers',
  'kafkaProducerMessage',
  'kafkaProducerSaslOptions',
  'mqttPassword',
  'oauth_client_secret',
  'pushToken',
  'rabbitmqPassword',
  'radiusPassword',
  'radiusSecret',
  'snmpV3Password',
  'tlsCert',
  'tlsKey',
])

const speaksOfSecrets = /pass(?:word|wd|phrase)?$|secret|token(?!_?url)|credential|api[-_.]?key|^key$|^auth$|^sig(?:nature)?$/i

/** Says whether a field is shown by its name alone; one that a later version adds is judged by its name. */
export function isSecretField(name: string): boolean {
  return secretFields.has(name) || (speaksOfSecrets.test(name) && name !== 'basic_auth_user')
}

/** Names of the secret fields of a monitor that hold anything. */
export function secretsHeld(bean: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(bean)
    .filter((name) => isSecretField(name) && holdsAnything(bean[name]))
    .toSorted()
}

function holdsAnything(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false) return false
  // What it fills in by itself: no mechanism, no options.
  return typeof value !== 'object' || Object.values(value).some((part) => part !== 'None' && holdsAnything(part))
}

/** An address without the secrets that may stand in it: a password, and values of a query whose names speak of one. */
export function shownUrl(url: string): string {
  const bare = url.replace(/^([a-z][\w+.-]*:)?\/\/[^/?#]*@/i, (_, scheme: string | undefined) => `${scheme ?? ''}//${withheld}@`)
  return bare.replaceAll(/([?&;]([^=&;#]*)=)([^&;#]*)/g, (whole, before: string, name: string) =>
    speaksOfSecrets.test(decoded(name)) ? `${before}${withheld}` : whole,
  )
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
