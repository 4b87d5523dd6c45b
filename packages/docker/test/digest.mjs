// Reduces the vendor's schema of the endpoints this service uses to paths, parameters and types, without its prose:
//   node test/digest.mjs <swagger file> > test/schema-digest.json
import { readFileSync } from 'node:fs'

const used = [
  ['GET', '/_ping'],
  ['GET', '/info'],
  ['GET', '/containers/json'],
  ['GET', '/containers/{id}/json'],
  ['GET', '/containers/{id}/logs'],
  ['GET', '/containers/{id}/stats'],
  ['POST', '/containers/{id}/start'],
  ['POST', '/containers/{id}/stop'],
  ['POST', '/containers/{id}/restart'],
  ['POST', '/containers/create'],
  ['POST', '/containers/{id}/rename'],
  ['DELETE', '/containers/{id}'],
  ['POST', '/containers/{id}/exec'],
  ['POST', '/exec/{id}/start'],
  ['GET', '/exec/{id}/json'],
  ['GET', '/images/json'],
  ['GET', '/images/{name}/json'],
  ['DELETE', '/images/{name}'],
  ['GET', '/networks'],
  ['POST', '/networks/{id}/connect'],
  ['DELETE', '/networks/{id}'],
  ['GET', '/volumes'],
  ['DELETE', '/volumes/{name}'],
  ['POST', '/build/prune'],
  ['GET', '/system/df'],
]

const [, , file] = process.argv
const schema = JSON.parse(readFileSync(file, 'utf8'))
const types = {}

function shape(node) {
  if (node.$ref !== undefined) {
    const name = node.$ref.split('/').at(-1)
    if (!(name in types)) {
      types[name] = 'any'
      types[name] = shape(schema.definitions[name])
    }
    return `$${name}`
  }
  if (node.allOf !== undefined) {
    const parts = node.allOf.map((part) => (part.$ref === undefined ? part : schema.definitions[part.$ref.split('/').at(-1)]))
    if (parts.every(({ properties }) => properties === undefined)) return shape(node.allOf[0])
    const whole = { type: 'object', properties: {}, required: [] }
    for (const part of parts) {
      Object.assign(whole.properties, part.properties)
      whole.required.push(...(part.required ?? []))
    }
    return shape(whole)
  }
  const nullable = node['x-nullable'] === true ? '|null' : ''
  if (node.properties !== undefined)
    return Object.fromEntries(
      Object.entries(node.properties).map(([name, property]) => [`${name}${node.required?.includes(name) ? '' : '?'}`, shape(property)]),
    )
  if (node.additionalProperties !== undefined && node.additionalProperties !== false)
    return { '~map': node.additionalProperties === true ? 'any' : shape(node.additionalProperties) }
  if (node.type === 'array') return [shape(node.items ?? {})]
  if (node.enum !== undefined) return `enum(${node.enum.join('|')})${nullable}`
  return `${node.type ?? 'any'}${nullable}`
}

// A stream has no schema, and is a body all the same.
function unsaid({ produces = [] }, status) {
  return status === '200' && produces.some((type) => type.includes('stream')) ? 'string' : 'nothing'
}

const endpoints = used.map(([method, path]) => {
  const operation = schema.paths[path][method.toLowerCase()]
  const parameters = Object.fromEntries(
    (operation.parameters ?? []).map((parameter) => [
      `${parameter.in} ${parameter.name}${parameter.required ? '' : '?'}`,
      shape(parameter),
    ]),
  )
  const responses = Object.fromEntries(
    Object.entries(operation.responses).map(([status, { schema: body }]) => [
      status,
      body === undefined ? unsaid(operation, status) : shape(body),
    ]),
  )
  return { method, path, parameters, responses }
})

const sorted = Object.fromEntries(Object.entries(types).toSorted(([first], [second]) => (first < second ? -1 : 1)))
process.stdout.write(`${JSON.stringify({ apiVersion: schema.info.version, endpoints, types: sorted }, null, 1)}\n`)
