import assert from 'node:assert/strict'
import { traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'
import { fixedNames, verbs } from '../define/verbs.ts'
import { wholeSchema, type JsonSchema } from '../call/json-schema.ts'

const longestName = 48
const longestDescription = 120
const mostUngrouped = 14
const verbsAre = 'Each has one meaning, in core/src/define/verbs.ts; one that is missing is added there.'

/** Names, words and descriptions of a service, what a model chooses by: everything that is wrong with them at once. */
export function checkSurface(service: Service): void {
  const wrong = surfaceViolations(service)
  assert.ok(wrong.length === 0, `${service.name}: ${wrong.join('\n')}`)
}

/** A sentence for each thing a model would stumble over. */
export function surfaceViolations(service: Service): string[] {
  const names = service.tools.map((tool) => tool.definition.name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  const fields = Object.entries(service.config).filter(([, schema]) => (traitsOf(schema).description ?? '') === '')
  return [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(service.name) ? [] : [`'${service.name}' is not kebab-case.`]),
    ...[...twice].map((name) => `${name} is the name of two tools.`),
    ...fields.map(([field]) => `The configuration field '${field}' is not described: .describe() says what it is.`),
    ...ungrouped(service),
    ...service.tools.flatMap((tool) => violationsOf(service.name, tool.definition)),
  ]
}

/** A model chooses badly among many, and whoever needs a few should not pay for all. */
function ungrouped({ name, tools, toolsets = {} }: Service): string[] {
  const listed = tools.filter(({ definition }) => !('internal' in definition && definition.internal))
  const empty = Object.keys(toolsets).filter((toolset) => listed.every(({ definition }) => definition.toolset !== toolset))
  return [
    ...(listed.length > mostUngrouped && Object.keys(toolsets).length < 2
      ? [`${name} has ${listed.length} tools; more than ${mostUngrouped} are grouped into toolsets.`]
      : []),
    ...Object.keys(toolsets).flatMap((toolset) =>
      /^[a-z]+$/.test(toolset) ? [] : [`The toolset '${toolset}' is not one word in small letters.`],
    ),
    ...Object.entries(toolsets).flatMap(([toolset, { description }]) =>
      description === '' ? [`The toolset '${toolset}' is not described.`] : [],
    ),
    ...empty.map((toolset) => `The toolset '${toolset}' has no tool.`),
  ]
}

function violationsOf(service: string, { name, title, description, input, output }: Service['tools'][number]['definition']): string[] {
  const [verb = ''] = name.split('_')
  const length = `${service}_${name}`.length
  const isKnown = Object.hasOwn(verbs, verb) || fixedNames.includes(name)
  return [
    ...(/^[a-z]+(_[a-z0-9]+)*$/.test(name) ? [] : [`'${name}' is not snake_case.`]),
    ...(isKnown ? [] : [`${name} begins with '${verb}', which is none of the verbs: ${Object.keys(verbs).join(', ')}. ${verbsAre}`]),
    ...(length <= longestName ? [] : [`${name} has ${length} characters with its prefix; ${longestName} are allowed.`]),
    ...(title.length > 0 ? [] : [`${name} has no title.`]),
    ...(description.length > 0 ? [] : [`${name} has no description.`]),
    ...(description.length <= longestDescription
      ? []
      : [`The description of ${name} has ${description.length} characters; ${longestDescription} are allowed.`]),
    ...undescribed(`${name} input`, wholeSchema(input, 'input')),
    ...undescribed(`${name} output`, wholeSchema(output, 'output')),
  ]
}

function undescribed(where: string, schema: JsonSchema): string[] {
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(([key, property]) => {
    const path = `${where}.${key}`
    const items = property['items'] as JsonSchema | undefined
    // A list of rows is what its columns are.
    const isDescribed = items?.['properties'] !== undefined || (property['description'] ?? '') !== ''
    return [
      ...(isDescribed ? [] : [`${path} is not described: .describe() says what it is.`]),
      ...undescribed(path, property),
      ...(items === undefined ? [] : undescribed(`${path}[]`, items)),
    ]
  })
}
