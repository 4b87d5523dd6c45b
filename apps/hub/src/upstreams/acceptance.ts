import type { Owner, StateStore } from '@rackwarden/core/runtime'
import { ToolError } from '@rackwarden/core'
import { definitionHash, isRecord, promptIn, toolIn, type Offered, type PromptDefinition, type ToolDefinition } from './definitions.ts'

/** What the owner accepted of a foreign server: the definitions themselves, to be listed and to be compared with. */
export interface Accepted {
  readonly version: 1
  readonly name: string
  /** What made it this server when it was accepted. */
  readonly identity: string
  readonly accepted_at: string
  readonly server: { readonly name: string; readonly version: string }
  readonly tools: readonly ToolDefinition[]
  readonly prompts: readonly PromptDefinition[]
  /** The owner's, over all of the above; needed once they have a passphrase. */
  readonly signature?: string
}

/** What is known of the acceptance of a server, as of now. */
export type Acceptance =
  | { readonly accepted: Accepted; readonly why?: undefined }
  /** Why nothing of it is accepted, as a part of a sentence. */
  | { readonly accepted?: undefined; readonly why: string }

/** How one definition stands to what was accepted. */
export type Standing = 'accepted' | 'new' | 'changed' | 'gone'

/** A tool or prompt with what was accepted of it and what is offered now. */
export interface Compared<Definition> {
  readonly name: string
  readonly standing: Standing
  readonly before?: Definition
  readonly now?: Definition
}

/** Names of the records of acceptance. */
export const acceptancePath = (name: string) => `upstreams/${name}.json`

/** Reads what the owner accepted of a server; what was not signed, was altered, or is of another server counts as nothing. */
export async function readAcceptance(
  { name, identity }: { name: string; identity: string },
  { store, owner }: { store: StateStore; owner: Pick<Owner, 'isSet' | 'verify'> },
): Promise<Acceptance> {
  const text = await store.read(acceptancePath(name))
  if (text === undefined) return { why: 'it is new' }
  const accepted = acceptedIn(text)
  if (accepted === undefined || accepted.name !== name) return { why: 'the record of its acceptance is damaged' }
  const { signature, ...statement } = accepted
  if ((await owner.isSet()) && (signature === undefined || !(await owner.verify(statementOf(statement), signature))))
    return { why: 'its acceptance is not signed by the owner' }
  if (accepted.identity !== identity) return { why: 'its command or address is another one than the one that was accepted' }
  return { accepted }
}

/** Writes what the owner accepts, signed where they have a passphrase. */
export async function writeAcceptance(
  accepted: Omit<Accepted, 'signature' | 'version'>,
  { store, owner, passphrase }: { store: StateStore; owner: Pick<Owner, 'isSet' | 'sign'>; passphrase: string | undefined },
): Promise<void> {
  const statement = { version: 1 as const, ...accepted }
  const isSet = await owner.isSet()
  if (isSet && passphrase === undefined)
    throw new ToolError('denied', 'Since the owner has a passphrase, accepting takes it.', { hint: 'Give it at the terminal.' })
  const signature = isSet && passphrase !== undefined ? { signature: await owner.sign(statementOf(statement), passphrase) } : {}
  await store.write(acceptancePath(accepted.name), `${JSON.stringify({ ...statement, ...signature }, null, 2)}\n`)
}

/** Holds what is offered against what was accepted, by name, sorted. */
export function compare<Definition extends ToolDefinition | PromptDefinition>(
  before: readonly Definition[],
  now: readonly Definition[],
): Compared<Definition>[] {
  const [accepted, offered] = [byName(before), byName(now)]
  const names = [...new Set([...accepted.keys(), ...offered.keys()])].toSorted()
  return names.map((name) => {
    const [was, is] = [accepted.get(name), offered.get(name)]
    return {
      name,
      standing: standingOf(was, is),
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { now: is }),
    }
  })
}

/** What is held back of an offer: what is new, or not as it was accepted. */
export function heldBack(accepted: Accepted | undefined, offered: Offered): { name: string; standing: Standing }[] {
  return [...compare(accepted?.tools ?? [], offered.tools), ...compare(accepted?.prompts ?? [], offered.prompts)].filter(
    ({ standing }) => standing === 'new' || standing === 'changed',
  )
}

function standingOf<Definition extends ToolDefinition | PromptDefinition>(
  was: Definition | undefined,
  is: Definition | undefined,
): Standing {
  if (is === undefined) return 'gone'
  if (was === undefined) return 'new'
  return definitionHash(was) === definitionHash(is) ? 'accepted' : 'changed'
}

function byName<Definition extends { name: string }>(definitions: readonly Definition[]): Map<string, Definition> {
  return new Map(definitions.map((definition) => [definition.name, definition]))
}

function statementOf(accepted: Omit<Accepted, 'signature'>): unknown {
  return { statement: 'upstream', ...accepted }
}

/** A record with a part missing could be taken for more than was accepted. */
function acceptedIn(text: string): Accepted | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value) || value['version'] !== 1 || !isRecord(value['server'])) return undefined
  const { name, identity, accepted_at, tools, prompts, signature } = value
  if (![name, identity, accepted_at].every((part) => typeof part === 'string')) return undefined
  if (!Array.isArray(tools) || !Array.isArray(prompts) || !['string', 'undefined'].includes(typeof signature)) return undefined
  const isWhole = tools.every((tool) => toolIn(tool) !== undefined) && prompts.every((prompt) => promptIn(prompt) !== undefined)
  return isWhole ? (value as unknown as Accepted) : undefined
}
