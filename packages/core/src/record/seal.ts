import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { ToolError } from '../define/error.ts'
import type { StateStore } from './state-store.ts'

/** Keeps values unreadable on disk for whoever does not also have the key file. */
export interface Sealer {
  /** Rejects where nothing could be sealed. */
  prepare(): Promise<void>
  /** The value, as JSON, compressed, encrypted and authenticated. */
  seal(value: unknown): Promise<string>
  /** The value again; refused where the text was altered or sealed with another key. */
  open(text: string): Promise<unknown>
  /** A name for a text that tells nobody without the key what it could be. */
  digest(text: string): Promise<string>
}

const format = 'sealed-1'
const [compress, expand] = [promisify(deflateRaw), promisify(inflateRaw)]
const keyFile = 'seal.key'
const [ivBytes, tagBytes, keyBytes] = [12, 16, 32] as const

interface Key {
  bytes: Buffer
  /** Tells another key from an altered text; reveals nothing of the key. */
  id: string
}

/** Seals with AES-256-GCM and the key file `seal.key`, which the first of all processes makes. */
export function createSealer(store: StateStore, random: (bytes: number) => Uint8Array): Sealer {
  let known: Key | undefined

  const readKey = async (): Promise<Key | undefined> => {
    if (known !== undefined) return known
    const text = await store.read(keyFile)
    if (text === undefined) return undefined
    const bytes = Buffer.from(text.trim(), 'base64url')
    if (bytes.length !== keyBytes)
      throw new ToolError('invalid_config', `The key file ${keyFile} in ${store.directory} is damaged.`, {
        hint: 'Put it back from a backup. Taking it away makes a new one, and what was sealed with the old one stays sealed.',
      })
    return (known = { bytes, id: createHash('sha256').update('rackwarden seal key\n').update(bytes).digest('hex').slice(0, 8) })
  }

  const makeKey = async (): Promise<Key> => {
    await store.create(keyFile, `${Buffer.from(random(keyBytes)).toString('base64url')}\n`)
    const key = await readKey()
    if (key === undefined) throw new ToolError('denied', `The key file ${keyFile} vanished from ${store.directory}.`)
    return key
  }

  return {
    async prepare() {
      if ((await readKey()) === undefined) await makeKey()
    },
    async seal(value) {
      const key = (await readKey()) ?? (await makeKey())
      const iv = Buffer.from(random(ivBytes))
      const head = `${format}.${key.id}.`
      const cipher = createCipheriv('aes-256-gcm', key.bytes, iv).setAAD(Buffer.from(head))
      const plain = await compress(JSON.stringify({ value }))
      const body = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      return head + body.toString('base64url')
    },
    async open(text) {
      const [version, id, body = '', ...rest] = text.split('.')
      if (version !== format || id === undefined || rest.length > 0 || !/^[\w-]+$/.test(body)) throw damaged()
      const key = await readKey()
      if (key?.id !== id)
        throw new ToolError('denied', `This was sealed with another key than the ${keyFile} in ${store.directory}.`, {
          hint: `Put the ${keyFile} it was sealed with back from a backup of the state directory.`,
        })
      const bytes = Buffer.from(body, 'base64url')
      // Base64 has spellings that decode alike; only the one that was written is accepted.
      if (bytes.length < ivBytes + tagBytes || bytes.toString('base64url') !== body) throw damaged()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
        decipher.setAAD(Buffer.from(`${version}.${id}.`)).setAuthTag(bytes.subarray(-tagBytes))
        const plain = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
        return (JSON.parse((await expand(plain)).toString('utf8')) as { value?: unknown }).value
      } catch (error) {
        throw damaged(error)
      }
    },
    async digest(text) {
      const key = (await readKey()) ?? (await makeKey())
      return createHmac('sha256', key.bytes).update('rackwarden content\n').update(text).digest('hex')
    },
  }
}

function damaged(cause?: unknown): ToolError {
  return new ToolError('denied', 'A sealed record was altered or is damaged.', {
    hint: 'It cannot be opened; a copy from a backup of the state directory can.',
    cause,
  })
}
