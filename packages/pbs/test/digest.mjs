// Reduces the vendor's schema of the endpoints this service uses to paths, parameters and types, without its prose:
//   node test/digest.mjs <flattened API description of Proxmox Backup Server, as one JSON file>
// It writes test/schema-digest.json, test/permissions.json, and src/simulation/request-schema.ts: what the simulator holds
// every request to.
import { readFileSync, writeFileSync } from 'node:fs'

const { paths } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const write = (path, text) => writeFileSync(new URL(path, import.meta.url), text)

const used = [
  ['GET', '/version'],
  ['GET', '/access/permissions'],
  ['GET', '/admin/datastore'],
  ['GET', '/admin/datastore/{store}/groups'],
  ['GET', '/admin/datastore/{store}/snapshots'],
  ['DELETE', '/admin/datastore/{store}/snapshots'],
  ['GET', '/admin/datastore/{store}/namespace'],
  ['PUT', '/admin/datastore/{store}/protected'],
  ['POST', '/admin/datastore/{store}/gc'],
  ['POST', '/admin/datastore/{store}/verify'],
  ['POST', '/admin/datastore/{store}/prune'],
  ['GET', '/admin/gc'],
  ['GET', '/admin/prune'],
  ['GET', '/admin/sync'],
  ['POST', '/admin/sync/{id}/run'],
  ['GET', '/admin/verify'],
  ['GET', '/status/datastore-usage'],
  ['GET', '/config/traffic-control'],
  ['GET', '/nodes/{node}/status'],
  ['GET', '/nodes/{node}/tasks'],
  ['GET', '/nodes/{node}/tasks/{upid}/status'],
  ['GET', '/nodes/{node}/tasks/{upid}/log'],
]

function shape(node) {
  if (node.type === 'array') return [shape(node.items ?? {})]
  if (node.enum !== undefined) return `enum(${node.enum.join('|')})`
  if (node.type === 'object' && node.additionalProperties === true) return 'any'
  if (node.type === 'object')
    return Object.fromEntries(
      Object.entries(node.properties ?? {}).map(([name, property]) => [`${name}${property.optional === 1 ? '?' : ''}`, shape(property)]),
    )
  return node.type ?? 'any'
}

const sorted = (entries) => entries.toSorted(([first], [second]) => (first < second ? -1 : 1))

const endpoints = used.map(([method, path]) => {
  const { parameters, returns } = paths[path][method]
  const own = sorted(Object.entries(parameters.properties ?? {}).filter(([name]) => !path.includes(`{${name}}`)))
  const named = own.map(([name, node]) => [`${name}${node.optional === 1 ? '?' : ''}`, shape(node)])
  const isBody = method === 'POST' || method === 'PUT'
  const given = isBody ? [['body content?', Object.fromEntries(named)]] : named.map(([name, type]) => [`query ${name}`, type])
  return {
    method,
    path: `/api2/json${path}`,
    parameters: Object.fromEntries(named.length === 0 ? [] : given),
    // What a server says of itself beside the data is in no schema.
    responses: { 200: { data: shape(returns ?? { type: 'null' }), 'digest?': 'string' }, default: 'string' },
  }
})

const answerOf = (method, path) => endpoints.find((one) => one.method === method && one.path === `/api2/json${path}`).responses[200]
const nothing = 'any|null'
// Known from the server's sources: what the schema calls null is a task, a list of lines, or a map of privileges; a gap in the
// history is null; and a prune tells what is protected, and the namespace where it is not the root.
for (const endpoint of endpoints) if (endpoint.responses[200].data === 'null') endpoint.responses[200].data = nothing
answerOf('POST', '/admin/sync/{id}/run').data = 'string'
answerOf('GET', '/access/permissions').data = { '~map': { '~map': 'boolean' } }
Object.assign(answerOf('GET', '/nodes/{node}/tasks/{upid}/log'), {
  data: [{ n: 'integer', t: 'string' }],
  total: 'integer',
  success: 'integer',
  'active?': 'boolean',
})
answerOf('GET', '/status/datastore-usage').data[0]['history?'] = ['number|null']
Object.assign(answerOf('POST', '/admin/datastore/{store}/prune').data[0], { protected: 'boolean', 'ns?': 'string' })

// What each takes, as the schema says it to programs; what it says in words alone is read by whoever holds roles to it.
const permissions = used.map(([method, path]) => {
  const { description, check, or } = paths[path][method].permissions
  const rule = check === undefined ? or && { or } : { check }
  return [`${method} ${path}`, rule ?? (description === undefined ? 'anybody' : 'in words')]
})
write('permissions.json', `${JSON.stringify(Object.fromEntries(permissions), null, 1)}\n`)

write('schema-digest.json', `${JSON.stringify({ endpoints, types: {} }, null, 1)}\n`)

const typeText = (type) => (Array.isArray(type) ? `${typeText(type[0])}[]` : type)
const lines = endpoints.map(({ method, path, parameters }) => {
  const all = Object.entries(parameters).flatMap(([name, type]) =>
    name === 'body content?' ? Object.entries(type) : [[name.replace('query ', ''), type]],
  )
  return [`${method} ${path}`, ...all.map(([name, type]) => `${name}=${typeText(type)}`)].join(' ')
})
write(
  '../src/simulation/request-schema.ts',
  `// Written by test/digest.mjs from the vendor's schema.

/** Every endpoint the pretend server has: method, path, and its parameters with their types, \`?\` behind what may be left out. */
export const requestSchema = \`
${lines.join('\n')}
\`
`,
)
