import { ToolError } from '../define/error.ts'
import type { InstanceAnswer } from '../define/tool.ts'

/** What one instance answered a read with. */
export type Answer = { instance: string; output: unknown } | { instance: string; error: unknown }

/** One output out of those of several instances: rows gain an `instance` column, the silent ones are named. */
export function mergeAnswers(answers: readonly Answer[]): unknown {
  return gatherAnswers(answers, merged)
}

/** One output as `gather` makes it of what was answered, the silent ones named beside; throws where nobody answered. */
export function gatherAnswers(answers: readonly Answer[], gather: (answered: readonly InstanceAnswer<unknown>[]) => unknown): unknown {
  const answered = answers.filter((answer) => 'output' in answer)
  const failed = answers.filter((answer) => 'error' in answer)
  const [firstFailure] = failed
  if (answered.length === 0 && firstFailure !== undefined) throw firstFailure.error
  // Asked everywhere for one thing, "not here" is no failure where another instance has it.
  const telling = failed.filter(({ error }) => !ToolError.isInstance(error) || error.code !== 'not_found')
  const unanswered = telling.map(({ instance, error }) => ({
    instance,
    error: ToolError.isInstance(error) ? `${error.code}: ${error.message}` : 'upstream: failed unexpectedly',
  }))
  const output = gather(answered)
  return unanswered.length === 0 ? output : { ...(output as object), unanswered }
}

function merged(answered: readonly InstanceAnswer<unknown>[]): unknown {
  const listKey = commonListKey(answered.map(({ output }) => output))
  return listKey === undefined
    ? { results: answered.map(({ instance, output }) => ({ instance, ...(output as object) })) }
    : {
        [listKey]: answered.flatMap(
          ({ instance, output }) => (output as Record<string, object[]>)[listKey]?.map((row) => ({ instance, ...row })) ?? [],
        ),
        ...sharedScalars(answered, listKey),
        ...cursorOf(answered),
      }
}

/** What is said beside the rows and is the same everywhere; what differs is told per instance. */
function sharedScalars(answered: readonly { instance: string; output: unknown }[], listKey: string): Record<string, unknown> {
  const names = new Set(answered.flatMap(({ output }) => Object.keys(output as object)))
  const shared: Record<string, unknown> = {}
  for (const name of names) {
    if (name === listKey || name === 'next_cursor') continue
    const said = answered.map(({ instance, output }) => ({ instance, value: (output as Record<string, unknown>)[name] }))
    const isSame = said.every(({ value }) => value === said[0]?.value)
    shared[name] = isSame
      ? said[0]?.value
      : Object.fromEntries(said.filter(({ value }) => value !== undefined).map(({ instance, value }) => [instance, value]))
  }
  return shared
}

/** Where one instance goes on by a merged cursor: without `next` it has nothing left; undefined without a cursor. */
export function cursorFor(instance: string, cursor: unknown): { next: string | undefined } | undefined {
  if (typeof cursor !== 'string') return undefined
  try {
    const cursors = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Record<string, unknown>
    const next = cursors[instance]
    if (next !== undefined && typeof next !== 'string') throw new TypeError('no cursor of ours')
    return { next }
  } catch {
    throw new ToolError('invalid_input', `'${cursor}' is not a cursor.`, { hint: 'Take `next_cursor` of the answer before, unchanged.' })
  }
}

function cursorOf(answered: readonly { instance: string; output: unknown }[]): { next_cursor?: string } {
  const cursors = answered.flatMap(({ instance, output }) => {
    const cursor = (output as { next_cursor?: string }).next_cursor
    return cursor === undefined ? [] : [[instance, cursor] as const]
  })
  return cursors.length === 0 ? {} : { next_cursor: Buffer.from(JSON.stringify(Object.fromEntries(cursors))).toString('base64url') }
}

/** The one property that holds rows in every output, where there is exactly one. */
function commonListKey(outputs: readonly unknown[]): string | undefined {
  const keys = outputs.map((output) =>
    Object.entries(output as object)
      .filter(([, value]) => Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null))
      .map(([key]) => key),
  )
  const [first] = keys
  return first?.length === 1 && keys.every((own) => own.length === 1 && own[0] === first[0]) ? first[0] : undefined
}
