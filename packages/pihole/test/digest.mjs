// Reduces the vendor's bundled schema of the endpoints this service uses to paths, parameters and types, without its prose:
//   node test/digest.mjs <OpenAPI of Pi-hole FTL, as one JSON file> > test/schema-digest.json
import { readFileSync } from 'node:fs'

const schema = JSON.parse(readFileSync(process.argv[2], 'utf8'))

// What is asked for, and where the vendor describes it: elements of paths may be left out, and stand for several segments.
const used = [
  ['POST', '/auth'],
  ['DELETE', '/auth'],
  ['GET', '/auth/sessions'],
  ['GET', '/dns/blocking'],
  ['POST', '/dns/blocking'],
  ['GET', '/stats/summary'],
  ['GET', '/queries'],
  ['GET', '/domains', '/domains/{type}/{kind}/{domain}'],
  ['POST', '/domains/{type}/{kind}'],
  ['PUT', '/domains/{type}/{kind}/{domain}'],
  ['DELETE', '/domains/{type}/{kind}/{domain}'],
  ['GET', '/lists', '/lists/{list}'],
  ['POST', '/lists'],
  ['PUT', '/lists/{list}'],
  ['DELETE', '/lists/{list}'],
  ['GET', '/groups', '/groups/{name}'],
  ['GET', '/search/{domain}'],
  ['GET', '/info/version'],
  ['GET', '/info/ftl'],
  ['GET', '/info/host'],
  ['GET', '/info/login'],
  ['GET', '/info/messages'],
  ['GET', '/network/interfaces'],
  ['GET', '/config/dns', '/config'],
  ['GET', '/config/webserver/api', '/config'],
  ['PATCH', '/config'],
  ['PUT', '/config/dns/hosts/{value}', '/config/{element}/{value}'],
  ['DELETE', '/config/dns/hosts/{value}', '/config/{element}/{value}'],
  ['PUT', '/config/dns/cnameRecords/{value}', '/config/{element}/{value}'],
  ['DELETE', '/config/dns/cnameRecords/{value}', '/config/{element}/{value}'],
  ['POST', '/action/gravity'],
  ['POST', '/action/restartdns'],
]

const resolve = (node) => {
  let found = node
  while (found.$ref !== undefined)
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at[key.replaceAll('~1', '/')], schema)
  return found
}

function shape(given) {
  const node = resolve(given)
  const orNull = node.nullable === true ? '|null' : ''
  if (node.allOf !== undefined) return Object.assign({}, ...node.allOf.map(shape))
  const either = node.oneOf ?? node.anyOf
  if (either !== undefined) return { '~any': either.map(shape) }
  if (node.properties !== undefined)
    return Object.fromEntries(
      Object.entries(node.properties).map(([name, property]) => [`${name}${node.required?.includes(name) ? '' : '?'}`, shape(property)]),
    )
  if (node.type === 'array') return [shape(node.items ?? {})]
  if (node.enum !== undefined) return `enum(${node.enum.join('|')})${orNull}`
  return node.type === 'object' || node.type === undefined ? 'any' : `${node.type}${orNull}`
}

const bodyOf = (answer) => {
  const content = resolve(answer).content
  if (content === undefined) return 'nothing'
  return content['application/json'] === undefined ? 'any' : shape(content['application/json'].schema)
}

const only = (whole, ...names) => {
  const found = whole[`${names[0]}?`] ?? whole[names[0]]
  return names.length === 0 ? whole : { [`${names[0]}?`]: only(found, ...names.slice(1)) }
}

const endpoints = used.map(([method, path, described = path]) => {
  const item = schema.paths[described]
  const operation = item[method.toLowerCase()]
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
    .map(resolve)
    .filter(({ in: place }) => place === 'query')
    .map((parameter) => [`query ${parameter.name}${parameter.required ? '' : '?'}`, shape(parameter.schema)])
  const body = operation.requestBody === undefined ? undefined : resolve(operation.requestBody).content['application/json'].schema
  const responses = Object.fromEntries(Object.entries(operation.responses).map(([status, answer]) => [status, bodyOf(answer)]))
  return {
    method,
    path: `/api${path}`,
    parameters: Object.fromEntries([...parameters, ...(body === undefined ? [] : [['body content?', shape(body)]])]),
    responses,
  }
})

const of = (method, path) => endpoints.find((endpoint) => endpoint.method === method && endpoint.path === `/api${path}`)
// The configuration is long: what is not looked at is left out.
for (const [method, path, ...part] of [
  ['GET', '/config/dns', 'config', 'dns'],
  ['GET', '/config/webserver/api', 'config', 'webserver', 'api'],
  ['PATCH', '/config', 'config', 'dns'],
]) {
  const endpoint = of(method, path)
  endpoint.responses['200'] = { ...only(endpoint.responses['200'], ...part), 'took?': 'number' }
}
of('PATCH', '/config').parameters['body content?'] = only(of('PATCH', '/config').parameters['body content?'], 'config', 'dns')
// Known from its sources: a number goes with the password where a second factor is asked for; an item that is created, or
// is not there, is told with the time it took; and sessions are null where they are told of a refusal.
of('POST', '/auth').parameters['body content?']['totp?'] = 'integer'
of('POST', '/auth').responses['401'] = { '~any': [of('POST', '/auth').responses['401'], of('POST', '/auth').responses['200']] }
for (const array of ['hosts', 'cnameRecords']) of('PUT', `/config/dns/${array}/{value}`).responses['201'] = { 'took?': 'number' }

// A shape that is used by several stands once.
const seen = new Map()
const types = {}
const error = JSON.stringify(endpoints[2].responses['401'])
for (const endpoint of endpoints)
  for (const [status, body] of Object.entries(endpoint.responses)) {
    const text = JSON.stringify(body)
    if (text === error) endpoint.responses[status] = '$error'
    else if (text.length > 300) {
      const name =
        seen.get(text) ??
        `${endpoint.method.toLowerCase()}${endpoint.path.replaceAll(/\W+(\w)/g, (_, letter) => letter.toUpperCase()).replaceAll(/\W/g, '')}`
      seen.set(text, name)
      types[name] = body
      endpoint.responses[status] = `$${name}`
    }
  }
types.error = JSON.parse(error)
process.stdout.write(`${JSON.stringify({ endpoints, types }, null, 1)}\n`)
