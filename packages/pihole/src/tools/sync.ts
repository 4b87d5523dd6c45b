import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { PiholeClient } from '../client.ts'
import {
  contentsOf,
  differenceLines,
  differencesBetween,
  differingKinds,
  kinds,
  makeAlike,
  only,
  type Contents,
  type Kind,
} from '../contents.ts'
import { targetOf } from '../targets.ts'
import { defineTool, type StateReader } from './define-tool.ts'

interface SyncState {
  isSource: boolean
  /** Of the kinds that differ, what is here and what is to be. */
  own: Contents
  wanted: Contents
}

const entry = {
  comment: z.string().nullish().describe('Comment.'),
  enabled: z.boolean().describe('Enabled.'),
  groups: z.array(z.number()).describe('Groups.'),
}
const output = z.object({ changed: z.number().describe('Facts that were changed.') })

const changesOf = ({ own, wanted }: Pick<SyncState, 'own' | 'wanted'>) => differenceLines(own, wanted)

/** Everything that changes, by its own name: what nobody may touch is kept from a sync, too. */
function targetsOf(own: Contents, wanted: Contents): string[] {
  const targets = differencesBetween(own, wanted).map(({ kind, name }) => {
    const words = name.split(' ')
    if (kind === 'lists') return targetOf('list', words.slice(1).join(' '))
    return kind === 'domains' ? targetOf('domain', words.slice(2).join(' ')) : targetOf('record', words[0] ?? name)
  })
  return [...new Set(targets)]
}

/** Where lists change, what they hold is only fetched by the next gravity; a change of aliases restarts the DNS. */
function warningsOf({ own, wanted }: Pick<SyncState, 'own' | 'wanted'>): string[] {
  return [
    ...(wanted.lists === undefined ? [] : ['Lists that come or go count only after update_gravity.']),
    ...(wanted.cnames === undefined ? [] : ['Its DNS restarts for the CNAMEs: for a second or two it answers nobody.']),
    ...(own.records !== undefined && own.records.length > 0 && wanted.records?.length === 0 ? ['All its local records go.'] : []),
  ]
}

const readDifference: StateReader<{ from: string; kinds?: Kind[] | undefined }, SyncState> = async (
  { from, kinds: asked = [...kinds] },
  { client, instance, mirrors = {}, signal },
) => {
  if (from === instance) return { isSource: true, own: {}, wanted: {} }
  const source = mirrors[from]
  if (source === undefined) {
    const names = [...Object.keys(mirrors), instance].toSorted()
    throw new ToolError('not_found', `There is no instance '${from}'.`, { hint: `Copy from one of these: ${names.join(', ')}.` })
  }
  const [own, wanted] = await Promise.all([contentsOf(client, asked, signal), wantedOf(from, source, { asked, signal })])
  const differing = differingKinds(own, wanted)
  return { isSource: false, own: only(own, differing), wanted: only(wanted, differing) }
}

/** Makes an instance like another. */
export const syncInstances = defineTool({
  name: 'sync_instances',
  title: 'Sync the instances',
  description: 'Make the other Pi-holes hold what one has: records, CNAMEs, domains, lists.',
  access: 'configure',
  idempotent: true,
  input: z.object({
    from: z.string().min(1).describe('Instance to copy.'),
    kinds: z.array(z.enum(kinds)).optional().describe('Kinds.'),
  }),
  output,
  state: readDifference,
  plan({ from, kinds: asked = kinds }, { state }) {
    const targets = asked.map((kind) => targetOf(kind, 'all'))
    if (state.isSource) return { summary: 'It is the one that is copied', targets: [], nothing: true }
    const changes = changesOf(state)
    if (changes.length === 0) return { summary: `It is like ${from} already`, targets, nothing: true }
    return { summary: `Make it like ${from}`, targets: targetsOf(state.own, state.wanted), diff: changes, warnings: warningsOf(state) }
  },
  async run(_, { client, state, signal, progress }) {
    const changed = changesOf(state).length
    await makeAlike(state.own, state.wanted, { client, signal, progress, isOwn: false })
    return { changed }
  },
  settled: (after) => after.isSource || changesOf(after).length === 0 || `${changesOf(after).length} facts differ yet`,
  undo: ({ own }) => ({ tool: 'apply_contents', input: { ...own } }),
})

/** What the source holds; that it does not answer is told under its name. */
async function wantedOf(
  from: string,
  source: () => Promise<PiholeClient>,
  { asked, signal }: { asked: readonly Kind[]; signal: AbortSignal },
): Promise<Contents> {
  try {
    return await contentsOf(await source(), asked, signal)
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    // It is not the instance that is written to which does not answer, and the write cannot go on without it.
    if (error.code === 'unreachable' || error.code === 'timeout')
      throw new ToolError('upstream', `${from}, which is to be copied, does not answer: ${error.message}`, {
        hint: `Bring ${from} back, or copy from another.`,
        cause: error,
      })
    throw new ToolError(error.code, `${from}, which is to be copied: ${error.message}`, { hint: error.hint, cause: error })
  }
}

const readContents: StateReader<Contents, Contents> = (wanted, { client, signal }) =>
  contentsOf(
    client,
    kinds.filter((kind) => wanted[kind] !== undefined),
    signal,
  )

/** Gives an instance exactly what it held: how a sync is taken back. */
export const applyContents = defineTool({
  name: 'apply_contents',
  title: 'Give an instance what it held',
  description: 'Give an instance exactly what it held.',
  access: 'configure',
  internal: true,
  idempotent: true,
  input: z.object({
    records: z.array(z.string()).optional().describe('Lines of its hosts.'),
    cnames: z.array(z.string()).optional().describe('Lines of its CNAMEs.'),
    domains: z
      .array(
        z.object({
          domain: z.string().describe('Domain.'),
          type: z.enum(['allow', 'deny']).describe('Type.'),
          kind: z.enum(['exact', 'regex']).describe('Kind.'),
          ...entry,
        }),
      )
      .optional()
      .describe('Domains.'),
    lists: z
      .array(z.object({ address: z.string().describe('Address.'), type: z.enum(['allow', 'block']).describe('Type.'), ...entry }))
      .optional()
      .describe('Lists.'),
  }),
  output,
  state: readContents,
  plan(wanted, { state }) {
    const changes = differenceLines(state, wanted)
    return {
      summary: 'Give back what it held',
      targets: targetsOf(state, wanted),
      diff: changes,
      nothing: changes.length === 0,
      warnings: warningsOf({ own: state, wanted }),
    }
  },
  async run(wanted, { client, state, signal, progress }) {
    const changed = differenceLines(state, wanted).length
    await makeAlike(state, wanted, { client, signal, progress, isOwn: true })
    return { changed }
  },
  settled: (after, wanted) => differenceLines(after, wanted).length === 0 || 'it does not hold it yet',
  undo: (before) => ({ tool: 'apply_contents', input: { ...before } }),
})
