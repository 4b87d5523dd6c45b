import assert from 'node:assert/strict'
import { traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'
import { fixedNames, verbs } from '../define/verbs.ts'
import { leanSchema, type JsonSchema } from '../call/json-schema.ts'

const longestName = 48
const longestDescription = 120

/** Names, words and descriptions of a service: what a model chooses by. */
export function checkSurface(service: Service): void {
  assert.match(service.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a service is named in kebab-case')
  const names = service.tools.map((tool) => tool.definition.name)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
    'every tool has a name of its own',
  )
  for (const [field, schema] of Object.entries(service.config))
    assert.ok(traitsOf(schema).description, `the configuration field '${field}' is described`)
  for (const { definition } of service.tools) {
    const { name, description, title } = definition
    assert.match(name, /^[a-z]+(_[a-z0-9]+)*$/, `${name} is snake_case`)
    const [verb = ''] = name.split('_')
    assert.ok(verb in verbs || fixedNames.includes(name), `'${verb}' of ${name} is one of the verbs`)
    assert.ok(`${service.name}_${name}`.length <= longestName, `${name} is at most ${longestName} characters with its prefix`)
    assert.ok(title.length > 0, `${name} has a title`)
    assert.ok(
      description.length > 0 && description.length <= longestDescription,
      `the description of ${name} has at most ${longestDescription} characters`,
    )
    checkDescribed(`${name} input`, leanSchema(definition.input, 'input'))
    checkDescribed(`${name} output`, leanSchema(definition.output, 'output'))
  }
}

function checkDescribed(where: string, schema: JsonSchema): void {
  for (const [key, property] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)) {
    const path = `${where}.${key}`
    const items = property['items'] as JsonSchema | undefined
    // A list of rows is what its columns are.
    if (items?.['properties'] === undefined) assert.ok(property['description'], `${path} is described`)
    checkDescribed(path, property)
    if (items !== undefined) checkDescribed(`${path}[]`, items)
  }
}
