import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { PiholeClient } from '../client.ts'
import { domainKey, entriesAlike } from '../contents.ts'
import { pathSegment } from '../path-segment.ts'
import type { DomainEntry } from '../pihole-schema.ts'
import { canonicalName } from '../records.ts'
import { targetOf } from '../targets.ts'
import { defineTool, type StateReader } from './define-tool.ts'

type Kind = DomainEntry['kind']
type Type = DomainEntry['type']

const defaultGroup = 0

const input = z.object({
  domain: z.string().min(1).describe('Domain.'),
  regex: z.boolean().optional().describe('Regex.'),
  comment: z.string().optional().describe('Comment.'),
})
const output = z.object({
  domain: z.string().describe('Domain.'),
  entries: z.string().describe('What speaks of it now.'),
})

/** What is kept of a domain; an expression is kept as it is written. */
function meant({ domain, regex }: { domain: string; regex?: boolean | undefined }): { domain: string; kind: Kind } {
  // It could be put in, but never be named again.
  pathSegment(domain)
  if (regex) return { domain, kind: 'regex' }
  const name = canonicalName(domain)
  if (!/^[^\s/:*\p{C}]+$/u.test(name))
    throw new ToolError('invalid_input', `'${domain}' is no domain.`, { hint: 'Give a name alone; for patterns set regex: true.' })
  return { domain: name, kind: 'exact' }
}

/** What somebody allowed or denied of it by hand. */
async function entriesOf(
  client: PiholeClient,
  { domain, kind }: { domain: string; kind: Kind },
  signal: AbortSignal,
): Promise<DomainEntry[]> {
  const all = await client.domains(signal)
  return all
    .filter((entry) => entry.kind === kind && entry.domain === domain)
    .toSorted((first, second) => (first.type < second.type ? -1 : 1))
}

const readState: StateReader<z.output<typeof input>, DomainEntry[]> = (given, { client, signal }) => entriesOf(client, meant(given), signal)

function entriesText(entries: readonly DomainEntry[]): string {
  const words = entries.map(({ type, kind, enabled, comment }) => {
    const remark = comment === undefined || comment === null || comment === '' ? '' : `, "${comment}"`
    return `${type} ${kind}${enabled ? '' : ', disabled'}${remark}`
  })
  return words.length === 0 ? '(none)' : words.join('; ')
}

const show = ({ domain }: { domain: string }, entries: readonly DomainEntry[]): z.input<typeof output> => ({
  domain,
  entries: entriesText(entries),
})

const undo = (before: readonly DomainEntry[], given: { domain: string; regex?: boolean | undefined }) => ({
  tool: 'apply_domain',
  input: { ...meant(given), entries: before.map(({ type, comment, enabled, groups }) => ({ type, comment, enabled, groups })) },
})

async function make(
  { client, signal }: { client: PiholeClient; signal: AbortSignal },
  before: readonly DomainEntry[],
  after: readonly DomainEntry[],
): Promise<void> {
  const ways = { key: domainKey, add: client.addDomain, replace: client.replaceDomain, remove: client.removeDomain }
  await entriesAlike(before, after, { client, signal, isOwn: true }, ways)
}

/** A domain is on one side only: what denied it goes once it is allowed, and the other way round. */
function afterwards(type: Type, given: z.output<typeof input>, before: readonly DomainEntry[]): DomainEntry[] {
  const own = before.find((entry) => entry.type === type)
  return [{ ...meant(given), type, comment: given.comment ?? own?.comment ?? null, enabled: true, groups: own?.groups ?? [defaultGroup] }]
}

/** Allowing and denying are one thing with two signs. */
function tool(type: Type, words: { name: string; title: string; description: string; verb: string }) {
  const { verb, ...about } = words
  return defineTool({
    ...about,
    access: 'configure',
    idempotent: true,
    input,
    output,
    state: readState,
    plan(given, { state }) {
      const { domain, kind } = meant(given)
      const after = afterwards(type, given, state)
      if (entriesText(state) === entriesText(after))
        return { summary: `${domain} is ${entriesText(after)} already`, targets: [targetOf('domain', domain)], nothing: true }
      return {
        summary: `${verb} ${kind === 'regex' ? 'what matches ' : ''}${domain}`,
        targets: [targetOf('domain', domain)],
        diff: [`${domain}: ${entriesText(state)} → ${entriesText(after)}`],
      }
    },
    async run(given, { client, state, signal }) {
      const after = afterwards(type, given, state)
      await make({ client, signal }, state, after)
      return show(meant(given), after)
    },
    settled: (after, given) =>
      (after.length === 1 && after[0]?.type === type && after[0].enabled) || `it is ${entriesText(after)} for ${given.domain}`,
    verified: (shown, after) => show(shown, after),
    undo,
  })
}

/** Lets a domain through. */
export const allowDomain = tool('allow', {
  name: 'allow_domain',
  title: 'Allow a domain',
  description: 'Unblock (whitelist) a domain, or what matches a regex, for everybody.',
  verb: 'Allow',
})

/** Blocks a domain. */
export const denyDomain = tool('deny', {
  name: 'deny_domain',
  title: 'Deny a domain',
  description: 'Block (blacklist) a domain, or what matches a regex, for everybody.',
  verb: 'Deny',
})

const readEntries: StateReader<{ domain: string; kind: Kind }, DomainEntry[]> = (given, { client, signal }) =>
  entriesOf(client, given, signal)

/** Gives a domain exactly the entries it had: how the writes above are taken back. */
export const applyDomain = defineTool({
  name: 'apply_domain',
  title: 'Give a domain its entries',
  description: 'Give a domain exactly the entries it had.',
  access: 'configure',
  internal: true,
  idempotent: true,
  input: z.object({
    domain: z.string().describe('Domain.'),
    kind: z.enum(['exact', 'regex']).describe('Kind.'),
    entries: z
      .array(
        z.object({
          type: z.enum(['allow', 'deny']).describe('Type.'),
          comment: z.string().nullish().describe('Comment.'),
          enabled: z.boolean().describe('Enabled.'),
          groups: z.array(z.number()).describe('Groups.'),
        }),
      )
      .describe('Entries.'),
  }),
  output,
  state: readEntries,
  plan: ({ domain, kind, entries }, { state }) => ({
    summary: `Give ${domain} back what it had`,
    targets: [targetOf('domain', domain)],
    diff: [`${domain}: ${entriesText(state)} → ${entriesText(entries.map((entry) => ({ ...entry, domain, kind })))}`],
  }),
  async run({ domain, kind, entries }, { client, state, signal }) {
    const after = entries.map((entry) => ({ ...entry, domain, kind }))
    await make({ client, signal }, state, after)
    return show({ domain }, after)
  },
  settled: (after, { domain, kind, entries }) =>
    entriesText(after) === entriesText(entries.map((entry) => ({ ...entry, domain, kind }))) || 'it does not hold it yet',
  verified: (shown, after) => show(shown, after),
  undo: (before, { domain, kind }) => undo(before, { domain, regex: kind === 'regex' }),
})
