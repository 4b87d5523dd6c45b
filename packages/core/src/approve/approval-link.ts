import { createHmac, timingSafeEqual } from 'node:crypto'
import { ToolError } from '../define/error.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ApprovalRequest } from './approval-request.ts'

/** What leads to the page of one request and no other; whoever has it sees the plan, and still needs the passphrase. */
export interface ApprovalLinks {
  /** The link below an address, good until the request is past. */
  linkTo(request: Pick<ApprovalRequest, 'id' | 'expires_at'>, address: string): Promise<string>
  /** Whether a key belongs to this request: `past` where it did. */
  judge(id: string, key: string): Promise<'valid' | 'past' | 'wrong'>
}

const keyFile = 'link.key'
const keyBytes = 32

/** Makes links with an HMAC under the key file `link.key`, which the first of all processes makes: every process of a state directory knows them. */
export function createApprovalLinks({ store, clock, random }: Pick<Runtime, 'store' | 'clock' | 'random'>): ApprovalLinks {
  let known: Buffer | undefined

  const readKey = async (): Promise<Buffer | undefined> => {
    if (known !== undefined) return known
    const text = await store.read(keyFile)
    if (text === undefined) return undefined
    const bytes = Buffer.from(text.trim(), 'base64url')
    if (bytes.length === keyBytes) return (known = bytes)
    throw new ToolError('invalid_config', `The key file ${keyFile} in ${store.directory} is damaged.`, {
      hint: 'Take it away: a new one is made, and links that were sent lead nowhere from then on.',
    })
  }

  const makeKey = async (): Promise<Buffer> => {
    await store.create(keyFile, `${Buffer.from(random(keyBytes)).toString('base64url')}\n`)
    const key = await readKey()
    if (key === undefined) throw new ToolError('denied', `The key file ${keyFile} vanished from ${store.directory}.`)
    return key
  }

  return {
    async linkTo({ id, expires_at }, address) {
      const expires = Date.parse(expires_at).toString(36)
      const key = (await readKey()) ?? (await makeKey())
      return `${address}/approvals/${id}?key=${expires}-${macOf(key, id, expires).toString('base64url')}`
    },
    async judge(id, presented) {
      const [, expires = '', mac = ''] = /^([\da-z]{1,11})-([\w-]{43})$/.exec(presented) ?? []
      const key = await readKey()
      if (key === undefined || !timingSafeEqual(macOf(key, id, expires), decoded(mac))) return 'wrong'
      return Number.parseInt(expires, 36) > clock.now() ? 'valid' : 'past'
    },
  }
}

function macOf(key: Buffer, id: string, expires: string): Buffer {
  return createHmac('sha256', key).update(`rackwarden approval link\n${id}\n${expires}`).digest()
}

/** Always as long as what it is compared with. */
function decoded(mac: string): Buffer {
  const bytes = Buffer.alloc(32)
  bytes.write(mac, 'base64url')
  return bytes
}
