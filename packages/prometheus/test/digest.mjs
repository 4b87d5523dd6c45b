// Reduces the vendors' schemas of the endpoints this service uses to paths, parameters and types, without their prose:
//   node test/digest.mjs <OpenAPI of Prometheus, as JSON> <OpenAPI of Alertmanager, as JSON> > test/schema-digest.json
import { readFileSync } from 'node:fs'

const used = [
  {
    prefix: '/api/v1',
    endpoints: [
      ['GET', '/query'],
      ['GET', '/query_range'],
      ['GET', '/alerts'],
      ['GET', '/alertmanagers'],
      ['GET', '/label/{name}/values'],
      ['GET', '/labels'],
      ['GET', '/metadata'],
      ['GET', '/rules'],
      ['GET', '/status/buildinfo'],
      ['GET', '/targets'],
    ],
  },
  {
    prefix: '/api/v2',
    endpoints: [
      ['GET', '/status'],
      ['GET', '/alerts'],
      ['GET', '/silences'],
      ['POST', '/silences'],
      ['DELETE', '/silence/{silenceID}'],
    ],
  },
]

const types = {}

function digestOf(schema, { prefix, endpoints }) {
  const resolve = (ref) =>
    ref
      .slice(2)
      .split('/')
      .reduce((node, key) => node[key], schema)

  function shape(node) {
    if (node.$ref !== undefined) {
      const name = `${prefix.slice(-2)}.${node.$ref.split('/').at(-1)}`
      if (!(name in types)) {
        types[name] = 'any'
        types[name] = shape(resolve(node.$ref))
      }
      return `$${name}`
    }
    if (node.allOf !== undefined) {
      const whole = { type: 'object', properties: {}, required: [] }
      for (const part of node.allOf.map((one) => (one.$ref === undefined ? one : resolve(one.$ref)))) {
        Object.assign(whole.properties, part.properties)
        whole.required.push(...(part.required ?? []))
      }
      return shape(whole)
    }
    const either = node.oneOf ?? node.anyOf
    if (either !== undefined) return { '~any': either.map(shape) }
    if (node.properties !== undefined)
      return Object.fromEntries(
        Object.entries(node.properties).map(([name, property]) => [`${name}${node.required?.includes(name) ? '' : '?'}`, shape(property)]),
      )
    if (node.additionalProperties !== undefined && node.additionalProperties !== false)
      return { '~map': node.additionalProperties === true ? 'any' : shape(node.additionalProperties) }
    if (node.type === 'array') return [shape(node.items ?? {})]
    if (node.enum !== undefined) return `enum(${node.enum.join('|')})`
    return node.type === 'object' ? 'any' : (node.type ?? 'any')
  }

  const bodyOf = (response) => {
    const whole = response.$ref === undefined ? response : resolve(response.$ref)
    const body = whole.schema ?? whole.content?.['application/json']?.schema
    return body === undefined ? 'nothing' : shape(body)
  }

  return endpoints.map(([method, path]) => {
    const operations = schema.paths[path]
    const operation = operations[method.toLowerCase()]
    const parameters = [...(operations.parameters ?? []), ...(operation.parameters ?? [])]
      .map((parameter) => (parameter.$ref === undefined ? parameter : resolve(parameter.$ref)))
      .map((parameter) => [`${parameter.in} ${parameter.name}${parameter.required ? '' : '?'}`, shape(parameter.schema ?? parameter)])
    const responses = Object.entries(operation.responses).map(([status, response]) => [status, bodyOf(response)])
    return { method, path: prefix + path, parameters: Object.fromEntries(parameters), responses: Object.fromEntries(responses) }
  })
}

const endpoints = used.flatMap((vendor, index) => digestOf(JSON.parse(readFileSync(process.argv[2 + index], 'utf8')), vendor))
// The vendor's schema calls the time of a string result a string; every version sends a number.
const text = types['v1.QueryData']['~any'].find(({ resultType }) => resultType === 'enum(string)')
text.result = [{ '~any': ['number', 'string'] }]

const sorted = Object.fromEntries(Object.entries(types).toSorted(([first], [second]) => (first < second ? -1 : 1)))
process.stdout.write(`${JSON.stringify({ endpoints, types: sorted }, null, 1)}\n`)
