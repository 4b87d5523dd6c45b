// Reduces the vendor's schema of the endpoints this service uses to paths, parameters and types, without its prose:
//   node test/digest.mjs <API of Proxmox VE, flattened, as one JSON file>
// It writes test/schema-digest.json, what requests and answers are held to, test/permissions.json, what they take, and
// src/simulation/parameters.ts, what the simulator refuses requests by.
import { readFileSync, writeFileSync } from 'node:fs'

const { paths } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const guest = (kind) =>
  [
    ['GET', 'status/current'],
    ['POST', 'status/start'],
    ['POST', 'status/shutdown'],
    ['POST', 'status/stop'],
    ['POST', 'status/reboot'],
    ['GET', 'config'],
    ['PUT', 'config'],
    ['GET', 'pending'],
    ['GET', 'feature'],
    ['POST', 'clone'],
    ['GET', 'migrate'],
    ['POST', 'migrate'],
    ['PUT', 'resize'],
    ['DELETE', ''],
    ['GET', 'snapshot'],
    ['POST', 'snapshot'],
    ['DELETE', 'snapshot/{snapname}'],
    ['POST', 'snapshot/{snapname}/rollback'],
  ].map(([method, path]) => [method, `/nodes/{node}/${kind}/{vmid}${path === '' ? '' : `/${path}`}`])

const used = [
  ['GET', '/version'],
  ['GET', '/access/permissions'],
  ['GET', '/cluster/nextid'],
  ['GET', '/cluster/status'],
  ['GET', '/cluster/resources'],
  ['GET', '/cluster/ha/resources'],
  ['GET', '/cluster/ha/rules'],
  ['GET', '/cluster/ha/status/current'],
  ['GET', '/cluster/replication'],
  ['GET', '/cluster/backup'],
  ['GET', '/cluster/backup-info/not-backed-up'],
  ['GET', '/cluster/ceph/status'],
  ['GET', '/nodes/{node}/status'],
  ['GET', '/nodes/{node}/time'],
  ['GET', '/nodes/{node}/services'],
  ['GET', '/nodes/{node}/disks/list'],
  ['GET', '/nodes/{node}/apt/update'],
  ['GET', '/nodes/{node}/apt/versions'],
  ['GET', '/nodes/{node}/certificates/info'],
  ['GET', '/nodes/{node}/replication'],
  ['GET', '/nodes/{node}/tasks'],
  ['GET', '/nodes/{node}/tasks/{upid}/status'],
  ['GET', '/nodes/{node}/tasks/{upid}/log'],
  ['DELETE', '/nodes/{node}/tasks/{upid}'],
  ['GET', '/nodes/{node}/storage/{storage}/content'],
  ['DELETE', '/nodes/{node}/storage/{storage}/content/{volume}'],
  ['GET', '/nodes/{node}/storage/{storage}/rrddata'],
  ['POST', '/nodes/{node}/qemu'],
  ['POST', '/nodes/{node}/lxc'],
  ...guest('qemu'),
  ...guest('lxc'),
  ['POST', '/nodes/{node}/qemu/{vmid}/agent/exec'],
  ['GET', '/nodes/{node}/qemu/{vmid}/agent/exec-status'],
  ['POST', '/nodes/{node}/qemu/{vmid}/agent/ping'],
  ['GET', '/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces'],
  ['GET', '/nodes/{node}/lxc/{vmid}/interfaces'],
  ['POST', '/nodes/{node}/vzdump'],
]

// What a guest is made of is long: what is not looked at is left out.
const configFields =
  /^(name|hostname|agent|boot|cores|sockets|vcpus|cpu|memory|swap|balloon|description|digest|lock|onboot|ostype|protection|startup|tags|template|unprivileged|features|rootfs|bios|machine|meta|arch|net\[n\]|ipconfig\[n\]|(ide|sata|scsi|virtio|mp|hostpci|usb|virtiofs|unused|dev|serial)\[n\]|efidisk0|tpmstate0|nameserver|searchdomain|cicustom|ciuser|cipassword|sshkeys|args|hookscript|vmgenid|smbios1|scsihw|parent|vmstate|snaptime)$/

// Known from its sources, where the schema says only that something is a list or an object, or leaves a field out.
const map = (value) => ({ '~map': value })
const known = {
  'GET /access/permissions': map(map('$flag')),
  // Text, whatever the schema says.
  'GET /cluster/nextid': '$count',
  'GET /cluster/ha/resources': [
    {
      sid: 'string',
      'type?': 'string',
      'state?': 'string',
      'group?': 'string',
      'comment?': 'string',
      'max_restart?': 'integer',
      'max_relocate?': 'integer',
      'failback?': '$flag',
      'digest?': 'string',
    },
  ],
  'GET /cluster/ha/rules': [
    {
      rule: 'string',
      type: 'string',
      'resources?': 'string',
      'nodes?': 'string',
      'strict?': '$flag',
      'affinity?': 'string',
      'disable?': '$flag',
      'comment?': 'string',
      'digest?': 'string',
      'order?': 'integer',
    },
  ],
  'GET /cluster/ceph/status': {
    health: {
      status: 'string',
      checks: map({ severity: 'string', summary: { message: 'string', 'count?': 'integer' }, 'muted?': 'boolean' }),
      'mutes?': ['any'],
    },
  },
  'GET /nodes/{node}/replication': [
    {
      id: 'string',
      guest: '$count',
      type: 'string',
      'vmtype?': 'string',
      'jobnum?': '$count',
      'source?': 'string',
      target: 'string',
      'schedule?': 'string',
      'disable?': '$flag',
      'comment?': 'string',
      'last_sync?': 'integer',
      'last_try?': 'integer',
      'next_sync?': 'integer',
      'duration?': 'number',
      'fail_count?': 'integer',
      'error?': 'string',
      'pid?': 'integer',
    },
  ],
  'GET /nodes/{node}/storage/{storage}/rrddata': [{ time: 'integer', 'total?': 'number', 'used?': 'number' }],
  'POST /nodes/{node}/qemu/{vmid}/agent/ping': { result: map('any') },
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': {
    result: [
      {
        name: 'string',
        'hardware-address?': 'string',
        'ip-addresses?': [{ 'ip-address': 'string', 'ip-address-type': 'string', 'prefix?': 'integer' }],
        'statistics?': 'any',
      },
    ],
  },
}
// Why a guest cannot go to a node is told by the name of that node.
const refusing = map({ 'unavailable_storages?': ['string'], 'blocking-ha-resources?': [{ sid: 'string', 'cause?': 'string' }] })
const alsoGiven = {
  'GET /nodes/{node}/qemu/{vmid}/migrate': { 'not_allowed_nodes?': refusing },
  'GET /nodes/{node}/lxc/{vmid}/migrate': { 'not-allowed-nodes?': refusing },
  'GET /cluster/status': [{ 'local?': '$flag' }],
  'GET /nodes/{node}/status': {
    'uptime?': 'integer',
    'swap?': 'any',
    'kversion?': 'string',
    'idle?': 'number',
    'wait?': 'number',
    'ksm?': 'any',
  },
  'GET /nodes/{node}/disks/list': [{ 'wearout?': '$count', 'rpm?': '$count', 'type?': 'string', 'by_id_link?': 'string' }],
  'GET /nodes/{node}/apt/update': [{ 'SourceUrl?': 'string' }],
  'GET /nodes/{node}/lxc/{vmid}/config': { 'parent?': 'string' },
  'GET /nodes/{node}/lxc/{vmid}/status/current': { 'pid?': '$count', 'type?': 'string', 'swap?': 'integer' },
  'GET /nodes/{node}/qemu/{vmid}/snapshot': [{ 'running?': '$flag', 'digest?': 'string' }],
  'GET /nodes/{node}/lxc/{vmid}/snapshot': [{ 'running?': '$flag', 'digest?': 'string' }],
  'GET /nodes/{node}/storage/{storage}/content': [{ 'content?': 'string', 'subtype?': 'string' }],
  'GET /nodes/{node}/tasks/{upid}/status': { 'tokenid?': 'string' },
  'GET /cluster/backup': [{ 'type?': 'string' }],
}
// Numbers that come as text from some versions, or where there is none.
const asText = new Set(['vmid', 'pid', 'cores', 'memory', 'sockets', 'swap', 'balloon'])

const listOf = (text) => text.replaceAll(' ', '_')

function shape(node, name = '') {
  if (node === undefined || node.type === 'null') return 'nothing'
  if (node.type === 'array') return [shape(node.items ?? {})]
  if (node.properties && Object.keys(node.properties).length > 0)
    return Object.fromEntries(
      Object.entries(node.properties).map(([key, property]) => [
        // A guest that is off, and an older version, leave much of it out.
        `${key}?`,
        shape(property, key),
      ]),
    )
  if (node.enum !== undefined) return node.type === 'integer' ? '$count' : `enum(${node.enum.join('|')})`
  if (node.type === 'boolean') return '$flag'
  if (node.type === 'integer') return asText.has(name) ? '$count' : 'integer'
  return node.type === 'number' || node.type === 'string' ? node.type : 'any'
}

function parameter(node) {
  if (node.type === 'boolean') return 'boolean'
  if (node.enum !== undefined) return `enum(${node.enum.join('|')})`
  if (node.type === 'array') return 'array'
  if (node.type === 'integer' || node.type === 'number') {
    const bounds = node.minimum === undefined && node.maximum === undefined ? '' : `(${node.minimum ?? ''}..${node.maximum ?? ''})`
    return `${node.type}${bounds}`
  }
  const format = typeof node.format === 'string' ? node.format : node.format === undefined ? '' : 'properties'
  const longest = node.maxLength === undefined ? '' : `≤${node.maxLength}`
  return format === '' && longest === '' ? 'string' : `string(${[format, longest].filter(Boolean).join(',')})`
}

const merged = (given, more) => (more === undefined ? given : Array.isArray(given) ? [{ ...given[0], ...more[0] }] : { ...given, ...more })

const endpoints = used.map(([method, path]) => {
  const operation = paths[path][method]
  const name = `${method} ${path}`
  const properties = Object.entries(operation.parameters?.properties ?? {}).filter(([key]) => !path.includes(`{${key}}`))
  const parameters = Object.fromEntries(
    properties.map(([key, property]) => {
      const type = parameter(property)
      const plain =
        type === 'boolean'
          ? 'enum(0|1)'
          : type === 'array'
            ? ['string']
            : type.startsWith('string')
              ? 'string'
              : type.replace(/\(.*\.\..*\)$/, '')
      return [`query ${key}${property.optional ? '?' : ''}`, plain]
    }),
  )
  let data = known[name] ?? merged(shape(operation.returns), alsoGiven[name])
  if (path.endsWith('/config') && method === 'GET')
    data = Object.fromEntries(Object.entries(data).filter(([key]) => configFields.test(key.replace('?', ''))))
  return {
    method,
    path: `/api2/json${path}`,
    parameters,
    responses: { 200: data === 'nothing' ? '$nothing' : { data } },
    order: properties,
  }
})

const lines = used.map(([method, path], index) => {
  const fields = endpoints[index].order.map(([key, property]) => `${key}${property.optional ? '?' : ''}:${listOf(parameter(property))}`)
  return [method, path, ...fields].join(' ')
})
for (const endpoint of endpoints) delete endpoint.order

// What each takes, as the schema says it to programs; what it says in words alone is read by whoever holds roles to it.
const permissions = Object.fromEntries(
  used.map(([method, path]) => {
    const { check, description } = paths[path][method].permissions ?? {}
    return [`${method} ${path}`, check ?? (description === undefined ? 'anybody' : 'in words')]
  }),
)
writeFileSync(new URL('permissions.json', import.meta.url), `${JSON.stringify(permissions, null, 1)}\n`)

const types = {
  flag: { '~any': ['integer', 'boolean', 'string'] },
  count: { '~any': ['integer', 'string'] },
  nothing: { data: 'any' },
  failure: { data: 'any', 'errors?': map('string'), 'message?': 'string' },
}
writeFileSync(new URL('schema-digest.json', import.meta.url), `${JSON.stringify({ endpoints, types }, null, 1)}\n`)
writeFileSync(
  new URL('../src/simulation/parameters.ts', import.meta.url),
  `/** What requests may carry, an endpoint a line; written by \`test/digest.mjs\` from the vendor's schema. */
export const parameters = \`
${lines.join('\n')}
\`
`,
)
