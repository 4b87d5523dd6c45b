import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  scrypt,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { canonicalJson } from '../call/canonical.ts'
import { ToolError } from '../define/error.ts'
import { jsonIn } from '../record/json.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** The one who owns the lab, as far as a process can know them: by a passphrase that signs what they agree to. */
export interface Owner {
  /** Whether a passphrase was ever set. */
  isSet(): Promise<boolean>
  /** What the key is known by where it is written down: `SHA256:…`; undefined while none is set. */
  fingerprint(): Promise<string | undefined>
  /** Sets the passphrase, or changes it; what was signed before stays valid. */
  setPassphrase(passphrase: string, previous?: string): Promise<void>
  /** Signs a statement in the owner's name; throws `denied` for a wrong passphrase, `rate_limited` after several. */
  sign(statement: unknown, passphrase: string): Promise<string>
  /** Reports whether the owner signed exactly this statement. Needs no passphrase. */
  verify(statement: unknown, signature: string): Promise<boolean>
}

/** What is kept: the public key in clear, the private one under the passphrase. */
interface OwnerRecord {
  version: 1
  /** SPKI, base64url. */
  publicKey: string
  /** Initialisation vector, cipher text and tag of the PKCS #8 key, base64url. */
  sealedKey: string
  salt: string
  cost: number
}

interface Attempts {
  failed: number
  /** Milliseconds since the epoch; nothing is tried before. */
  notBefore: number
}

const ownerFile = 'owner.json'
const attemptsFile = 'owner-attempts.json'
const [ivBytes, tagBytes, saltBytes, keyBytes] = [12, 16, 16, 32] as const
const [scryptCost, blockSize] = [2 ** 17, 8] as const
const shortestPassphrase = 10
const [freeAttempts, longestWaitSeconds] = [3, 900] as const

/** Opens the owner of a state directory. The public key is pinned at first sight: one that changes later is not believed. */
export function openOwner({ store, clock, random, log }: Pick<Runtime, 'store' | 'clock' | 'random' | 'log'>): Owner {
  let pinned: string | undefined
  // One guess at a time, or the wait between them would be none.
  let guessing: Promise<unknown> = Promise.resolve()

  const read = async (): Promise<OwnerRecord | undefined> => {
    const text = await store.read(ownerFile)
    return text === undefined ? undefined : recordIn(text)
  }

  const pin = async (): Promise<string | undefined> => {
    const record = await read()
    if (record === undefined) return pinned
    if (pinned !== undefined && pinned !== record.publicKey) {
      log('error', `The key in ${ownerFile} is not the one this process began with. What it signs is not believed.`)
      return pinned
    }
    return (pinned = record.publicKey)
  }

  const unlocked = async (record: OwnerRecord, passphrase: string): Promise<KeyObject> => {
    const attempts = attemptsIn(await store.read(attemptsFile))
    const waitMs = attempts.notBefore - clock.now()
    if (waitMs > 0)
      throw new ToolError('rate_limited', `The passphrase was wrong ${attempts.failed} times.`, {
        hint: `Try again in ${Math.ceil(waitMs / 1_000)} s.`,
      })
    try {
      const key = await opened(record, passphrase)
      if (attempts.failed > 0) await store.remove(attemptsFile)
      return key
    } catch (error) {
      if (ToolError.isInstance(error)) throw error
      const failed = attempts.failed + 1
      const seconds = failed < freeAttempts ? 0 : Math.min(2 ** (failed - freeAttempts + 1), longestWaitSeconds)
      await store.write(attemptsFile, JSON.stringify({ failed, notBefore: clock.now() + seconds * 1_000 } satisfies Attempts))
      throw new ToolError('denied', 'The passphrase is wrong.', {
        hint: seconds === 0 ? 'Try again.' : `Try again in ${seconds} s.`,
        cause: error,
      })
    }
  }

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = guessing.then(work)
    guessing = mine.catch(() => undefined)
    return mine
  }

  const save = async (key: KeyObject, passphrase: string, isNew: boolean): Promise<void> => {
    const salt = Buffer.from(random(saltBytes))
    const iv = Buffer.from(random(ivBytes))
    const cipher = createCipheriv('aes-256-gcm', await derived(passphrase, salt, scryptCost), iv)
    const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
    const record: OwnerRecord = {
      version: 1,
      publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64url'),
      sealedKey: Buffer.concat([iv, cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]).toString('base64url'),
      salt: salt.toString('base64url'),
      cost: scryptCost,
    }
    const text = `${JSON.stringify(record, null, 2)}\n`
    if (!isNew) return store.write(ownerFile, text)
    if (!(await store.create(ownerFile, text))) throw new ToolError('conflict', 'Another process has just set a passphrase.')
  }

  return {
    isSet: async () => (await pin()) !== undefined,
    async fingerprint() {
      const key = await pin()
      return key === undefined ? undefined : `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64url')).digest('base64url')}`
    },
    setPassphrase: (passphrase, previous) =>
      inTurn(async () => {
        if (passphrase.length < shortestPassphrase)
          throw new ToolError('invalid_input', `A passphrase has at least ${shortestPassphrase} characters.`, {
            hint: 'A few words are easier to type on a phone than signs.',
          })
        const record = await read()
        if (record === undefined) return save(generateKeyPairSync('ed25519').privateKey, passphrase, true)
        if (previous === undefined) throw new ToolError('denied', 'A passphrase is set already.', { hint: 'Give the one that holds now.' })
        return save(await unlocked(record, previous), passphrase, false)
      }),
    sign: (statement, passphrase) =>
      inTurn(async () => {
        const record = await read()
        if (record === undefined) throw notSet()
        const known = await pin()
        if (known !== record.publicKey)
          throw new ToolError('denied', `The key in ${ownerFile} was exchanged while this process ran.`, {
            hint: 'If that was you, start it anew. If not, somebody else can write the state directory: see SECURITY.md.',
          })
        return sign(null, Buffer.from(canonicalJson(statement)), await unlocked(record, passphrase)).toString('base64url')
      }),
    async verify(statement, signature) {
      const known = await pin()
      if (known === undefined) return false
      try {
        const key = createPublicKey({ key: Buffer.from(known, 'base64url'), format: 'der', type: 'spki' })
        return verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, 'base64url'))
      } catch {
        return false
      }
    },
  }
}

async function opened({ sealedKey, salt, cost }: OwnerRecord, passphrase: string): Promise<KeyObject> {
  const bytes = Buffer.from(sealedKey, 'base64url')
  const key = await derived(passphrase, Buffer.from(salt, 'base64url'), cost)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const pkcs8 = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

function derived(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // However it was typed: an accent may be one character or two.
    const text = passphrase.normalize('NFKC')
    const options = { N: cost, r: blockSize, p: 1, maxmem: 256 * cost * blockSize }
    scrypt(text, salt, keyBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

function recordIn(text: string): OwnerRecord {
  const record = jsonIn(text) as Partial<OwnerRecord> | undefined
  const { version, publicKey, sealedKey, salt, cost } = record ?? {}
  const isWhole = version === 1 && [publicKey, sealedKey, salt].every((part) => typeof part === 'string')
  // The cost is the file's word: one that asks for all the memory there is would be an attack of its own.
  if (isWhole && typeof cost === 'number' && cost >= 2 ** 14 && cost <= 2 ** 20) return record as OwnerRecord
  throw new ToolError('invalid_config', `${ownerFile} in the state directory is damaged.`, {
    hint: 'Put it back from a backup. Taking it away forgets the passphrase and everything that was signed with it.',
  })
}

function attemptsIn(text: string | undefined): Attempts {
  const { failed, notBefore } = (text === undefined ? {} : (jsonIn(text) ?? {})) as Partial<Attempts>
  return typeof failed === 'number' && typeof notBefore === 'number' ? { failed, notBefore } : { failed: 0, notBefore: 0 }
}

function notSet(): ToolError {
  return new ToolError('denied', 'The owner has no passphrase yet.', { hint: "Set one at a terminal: 'owner set-passphrase'." })
}
