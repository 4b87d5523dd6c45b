import assert from 'node:assert/strict'
import type { Pitfall } from '../define/pitfall.ts'
import type { Service } from '../define/service.ts'
import { verbs } from '../define/verbs.ts'

const longestTitle = 60
const longestText = 300

/** What a service says surprises about its upstream is short, said once, and sends nobody to a tool there is not. */
export async function checkPitfalls(service: Service): Promise<void> {
  const pitfalls = (await service.pitfalls?.())?.default ?? []
  const wrong = pitfallViolations(
    pitfalls,
    service.tools.map(({ definition }) => definition.name),
  )
  assert.ok(wrong.length === 0, `${service.name}: ${wrong.join('\n')}`)
}

/** A sentence for each thing that is wrong with a list of pitfalls. */
export function pitfallViolations(pitfalls: readonly Pitfall[], tools: readonly string[]): string[] {
  const titles = pitfalls.map(({ title }) => title)
  return pitfalls.flatMap(({ title, text }, index) => [
    ...(titles.indexOf(title) === index ? [] : [`'${title}' stands there twice.`]),
    ...(title !== '' && title.length <= longestTitle && !title.endsWith('.')
      ? []
      : [`'${title}' must be a title of at most ${longestTitle} characters, without a full stop.`]),
    ...(/[.)]$/.test(text) && text.length <= longestText
      ? []
      : [`What '${title}' says must be sentences of at most ${longestText} characters in all.`]),
    ...toolsIn(text)
      .filter((name) => !tools.includes(name))
      .map((name) => `'${title}' names ${name}, which is no tool of the service.`),
  ])
}

/** What is written as the name of a tool; other names with underscores are the upstream's. */
function toolsIn(text: string): string[] {
  return [...text.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g)]
    .map(([name]) => name)
    .filter((name) => Object.hasOwn(verbs, name.split('_')[0] ?? ''))
}
