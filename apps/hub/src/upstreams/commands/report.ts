import type { UpstreamConfiguration } from '@rackwarden/core/runtime'
import { compare, type Accepted, type Compared } from '../acceptance.ts'
import type { Offered, PromptDefinition, ToolDefinition } from '../definitions.ts'
import { definitionLines, differenceLines, shortDifference } from '../difference.ts'
import { accessOf } from '../tool-access.ts'
import { countUnseen } from '../visible-text.ts'

/** One tool or prompt of an upstream, as the owner is shown it. */
export interface Row {
  readonly kind: 'tool' | 'prompt'
  readonly compared: Compared<ToolDefinition> | Compared<PromptDefinition>
  /** What the tool may do here, by configuration or by its annotations. */
  readonly access?: string
}

/** Everything of an upstream, with how it stands to what was accepted. */
export function rowsOf(accepted: Accepted | undefined, offered: Offered, configuration: UpstreamConfiguration): Row[] {
  const tools = compare(accepted?.tools ?? [], offered.tools).map((compared): Row => {
    const definition = compared.now ?? compared.before
    return { kind: 'tool', compared, ...(definition === undefined ? {} : { access: accessOf(definition, configuration) }) }
  })
  const prompts = compare(accepted?.prompts ?? [], offered.prompts).map((compared): Row => ({ kind: 'prompt', compared }))
  return [...tools, ...prompts]
}

/** Whether a row waits for the owner. */
export function waits({ compared }: Row): boolean {
  return compared.standing === 'new' || compared.standing === 'changed'
}

/** A row in lines: all of what is new, of what changed the difference. */
export function linesOf({ kind, compared, access }: Row): string[] {
  const { name, standing, before, now } = compared
  const head = `${kind} ${definitionLines({ name, inputSchema: {} })[0]?.slice('name: '.length) ?? name}: ${standing}${access === undefined ? '' : `, ${access}`}`
  if (standing === 'changed' && before !== undefined && now !== undefined)
    return [head, ...shortDifference(differenceLines(definitionLines(before), definitionLines(now))).map((line) => `  ${line}`)]
  const shown = now ?? before
  if (shown === undefined || standing === 'gone') return [head]
  return [
    head,
    ...definitionLines(shown)
      .slice(1)
      .map((line) => `    ${line}`),
  ]
}

/** What of an offer nobody would see by reading it, as a sentence; undefined where all is in plain view. */
export function hiddenIn(rows: readonly Row[]): string | undefined {
  const texts = rows.map(({ compared }) => JSON.stringify(compared.now ?? ''))
  const count = texts.reduce((sum, text) => sum + countUnseen(text), 0)
  return count === 0
    ? undefined
    : `${count} characters nobody would see are shown by their numbers, as ⟨U+200B⟩. An honest server has no use for them.`
}
