import { accessLevels, ToolError, type Tier, type Toolsets } from '@rackwarden/core'
import { exposures, tierOf, type Environment, type Exposure, type Owner, type StateStore } from '@rackwarden/core/runtime'
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { momentAfter } from './moment.ts'
import { isRecord } from './json-rpc.ts'

/** What is kept of a token: never the token itself. */
export interface TokenRecord {
  name: string
  /** SHA-256 of the token, in hexadecimal. */
  hash: string
  tier: Tier
  /** Services the token is limited to; all when missing. */
  services?: readonly string[]
  /** Toolsets the token is limited to, of the services that are named. */
  toolsets?: Toolsets
  /** How much its bearer is listed; what the server lists when missing. */
  exposure?: Exposure
  created_at: string
  rotated_at?: string
  expires_at?: string
  /** The owner's, over everything that says what it opens; needed once the owner has a passphrase. */
  signature?: string
}

/** What a new token may do, and for how long. */
export interface TokenGrant {
  name: string
  tier?: string
  services?: readonly string[]
  toolsets?: Toolsets
  exposure?: Exposure
  /** A span (`30d`, `12h`) or an ISO 8601 time. */
  expires?: string
}

/** A token as it is shown, once. */
export interface IssuedToken {
  token: string
  record: TokenRecord
}

/** The named bearer tokens of one state directory. */
export interface Tokens {
  list(): Promise<readonly TokenRecord[]>
  /** Whether there is any, expired ones included; a second old at most. */
  any(): Promise<boolean>
  create(grant: TokenGrant, passphrase?: string): Promise<IssuedToken>
  /** Gives a token a new secret; the old one is worth nothing from then on. */
  rotate(name: string, expires?: string, passphrase?: string): Promise<IssuedToken>
  /** Those the owner did not sign, though they have a passphrase: nobody is let in with one. */
  unsigned(): Promise<readonly TokenRecord[]>
  /** Signs tokens that were made before the owner had a passphrase. */
  sign(names: readonly string[], passphrase: string): Promise<void>
  revoke(name: string): Promise<TokenRecord>
  /** The record a presented token belongs to, if it is valid now. */
  verify(presented: string): Promise<TokenRecord | undefined>
}

interface Known {
  all: readonly TokenRecord[]
  unsigned: ReadonlySet<TokenRecord>
}

const path = 'tokens.json'
const lock = 'tokens.lock'
/** Signing several tokens takes a small machine some seconds. */
const [mostAttempts, abandonedMs] = [250, 30_000]

/** A running server notices a change to the tokens within this time. */
const refreshMs = 1000

/** Opens the tokens kept in a store. */
export function openTokens({
  store,
  clock,
  random,
  owner,
  environment = {},
  refused,
}: {
  store: StateStore
  /** Says whether the tier admin can be granted. */
  environment?: Environment
  clock: { now(): number }
  random: (bytes: number) => Uint8Array
  /** Whose signature every token needs, once they have a passphrase. */
  owner?: Pick<Owner, 'isSet' | 'sign' | 'verify'>
  /** Told of a token that somebody came with and the owner did not sign. */
  refused?: (record: TokenRecord) => void
}): Tokens {
  let known: { readAt: number; records: Promise<Known> } | undefined

  function records(maxAgeMs: number): Promise<Known> {
    if (known === undefined || clock.now() - known.readAt >= maxAgeMs) known = { readAt: clock.now(), records: judged() }
    return known.records
  }

  async function judged(): Promise<Known> {
    const all = await load(store)
    return { all, unsigned: new Set(await unsignedOf(all)) }
  }

  async function unsignedOf(all: readonly TokenRecord[]): Promise<TokenRecord[]> {
    if (all.length === 0 || owner === undefined || !(await owner.isSet())) return []
    const signed = await Promise.all(
      all.map(async ({ signature, ...record }) => signature !== undefined && owner.verify(statementOf(record), signature)),
    )
    return all.filter((_, index) => signed[index] !== true)
  }

  async function withSignature(record: TokenRecord, passphrase: string | undefined): Promise<TokenRecord> {
    const { signature: _before, ...unsigned } = record
    if (owner === undefined || !(await owner.isSet())) return unsigned
    if (passphrase !== undefined) return { ...unsigned, signature: await owner.sign(statementOf(unsigned), passphrase) }
    throw new ToolError('denied', 'Since the owner has a passphrase, a token takes it.', { hint: 'Give it at the terminal.' })
  }

  async function save(changed: readonly TokenRecord[]): Promise<void> {
    await store.write(path, `${JSON.stringify({ tokens: changed }, null, 2)}\n`)
    known = undefined
  }

  async function existing(name: string): Promise<{ record: TokenRecord; others: TokenRecord[] }> {
    const all = await load(store)
    const record = all.find((candidate) => candidate.name === name)
    if (record === undefined)
      throw new ToolError('not_found', `There is no token named '${name}'`, { hint: 'token list shows the names there are.' })
    return { record, others: all.filter((candidate) => candidate !== record) }
  }

  const secret = () => `rw_${Buffer.from(random(32)).toString('base64url')}`
  const time = () => new Date(clock.now()).toISOString()

  return {
    list: () => load(store),
    any: async () => (await records(refreshMs)).all.length > 0,
    create: ({ name, tier = 'observe', services, toolsets, exposure, expires }, passphrase) =>
      alone(store, clock, async () => {
        const all = await load(store)
        if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) || name === 'environment')
          throw new ToolError('invalid_input', `'${name}' is no name for a token`, {
            hint: 'Use small letters, digits and dashes, at most 40.',
          })
        if (all.some((record) => record.name === name))
          throw new ToolError('conflict', `There is a token named '${name}' already`, {
            hint: `token rotate ${name} gives it a new secret.`,
          })
        const token = secret()
        const made: TokenRecord = {
          name,
          hash: hashOf(token),
          tier: tierOf(tier, 'tier', environment, 'invalid_input') ?? 'observe',
          ...(services === undefined ? {} : { services }),
          ...(toolsets === undefined ? {} : { toolsets }),
          ...(exposure === undefined ? {} : { exposure }),
          created_at: time(),
          ...(expires === undefined ? {} : { expires_at: momentAfter(expires, clock.now()) }),
        }
        const record = await withSignature(made, passphrase)
        await save([...all, record])
        return { token, record }
      }),
    rotate: (name, expires, passphrase) =>
      alone(store, clock, async () => {
        const { record: before, others } = await existing(name)
        const token = secret()
        const turned: TokenRecord = { ...before, hash: hashOf(token), rotated_at: time() }
        if (expires !== undefined) turned.expires_at = momentAfter(expires, clock.now())
        const record = await withSignature(turned, passphrase)
        await save([...others, record])
        return { token, record }
      }),
    unsigned: async () => unsignedOf(await load(store)),
    sign: (names, passphrase) =>
      alone(store, clock, async () => {
        const signed: TokenRecord[] = []
        for (const record of await load(store)) signed.push(names.includes(record.name) ? await withSignature(record, passphrase) : record)
        await save(signed)
      }),
    revoke: (name) =>
      alone(store, clock, async () => {
        const { record, others } = await existing(name)
        await save(others)
        return record
      }),
    async verify(presented) {
      const hash = hashOf(presented)
      const find = ({ all, unsigned }: Known) => {
        const [record] = all.filter((candidate) => sameHash(candidate.hash, hash))
        return record === undefined ? undefined : { record, isSigned: !unsigned.has(record) }
      }
      const { record, isSigned = true } = find(await records(refreshMs)) ?? find(await records(0)) ?? {}
      if (record !== undefined && !isSigned) {
        refused?.(record)
        return undefined
      }
      if (record?.expires_at !== undefined && Date.parse(record.expires_at) <= clock.now()) return undefined
      return record
    },
  }
}

/** What the owner signs: which secret opens what, and until when. What a record does not have is no part of it, so that those of before stay valid. */
function statementOf({ name, hash, tier, services, toolsets, exposure, expires_at }: TokenRecord): unknown {
  return { statement: 'token', name, hash, tier, services, toolsets, exposure, expires_at }
}

/** Changes the tokens while nobody else does: what two commands read and wrote at once could bring a revoked token back. */
async function alone<T>(store: StateStore, clock: { now(): number }, change: () => Promise<T>): Promise<T> {
  const own = `${clock.now()}-${randomUUID()}`
  for (let attempt = 1; !(await store.create(lock, own)); attempt += 1) {
    if (attempt > mostAttempts)
      throw new ToolError('conflict', 'Another command is changing the tokens', { hint: 'Try again in a moment.' })
    const held = await store.read(lock)
    // Whoever left it behind did not live to take it away.
    if (held !== undefined && Math.abs(clock.now() - Number.parseInt(held, 10)) > abandonedMs) await takeAway(store, held)
    else await pause(20)
  }
  try {
    return await change()
  } finally {
    if ((await store.read(lock)) === own) await store.remove(lock)
  }
}

/** Takes an abandoned lock away, once: of several that saw it, a late one would take the lock of whoever came next. */
async function takeAway(store: StateStore, held: string): Promise<void> {
  const mark = `${lock}.${hashOf(held)}`
  if (!(await store.create(mark, ''))) return pause(20)
  try {
    if ((await store.read(lock)) === held) await store.remove(lock)
  } finally {
    await store.remove(mark)
  }
}

/** SHA-256 in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Compares two hashes in constant time. */
export function sameHash(first: string, second: string): boolean {
  const [one, other] = [Buffer.from(first), Buffer.from(second)]
  return one.length === other.length && timingSafeEqual(one, other)
}

async function load(store: StateStore): Promise<readonly TokenRecord[]> {
  const text = await store.read(path)
  if (text === undefined) return []
  try {
    const { tokens } = JSON.parse(text) as { tokens?: unknown }
    if (!Array.isArray(tokens) || !tokens.every(isTokenRecord)) throw new TypeError('not what was written')
    return tokens
  } catch (cause) {
    throw new ToolError('invalid_config', `${path} in the state directory cannot be read`, {
      hint: 'Restore it, or remove it and issue new tokens.',
      cause,
    })
  }
}

/** A record with a part missing could be taken for one without limits. */
function isTokenRecord(value: unknown): value is TokenRecord {
  if (!isRecord(value)) return false
  const { name, hash, tier, services, toolsets, exposure, expires_at } = value
  const isNames = (names: unknown) => Array.isArray(names) && names.every((entry) => typeof entry === 'string')
  return (
    typeof name === 'string' &&
    typeof hash === 'string' &&
    accessLevels.some((level) => level === tier) &&
    (services === undefined || isNames(services)) &&
    (toolsets === undefined || (isRecord(toolsets) && Object.values(toolsets).every(isNames))) &&
    (exposure === undefined || exposures.some((known) => known === exposure)) &&
    (expires_at === undefined || (typeof expires_at === 'string' && !Number.isNaN(Date.parse(expires_at))))
  )
}
