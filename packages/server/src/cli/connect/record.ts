import { createHash } from 'node:crypto'
import type { Runtime } from '@rackwarden/core/runtime'
import { isRecord } from '../../json-rpc.ts'
import type { Registration } from './registration.ts'

/** What was last written into a client's settings, so that it can be put back. */
export interface ConnectionRecord {
  /** Copy of the file as it was; none where there was no file. */
  backup?: string
  /** SHA-256 of the text that was written. */
  text: string
  /** SHA-256 of the server as it was written; none where it was taken out. */
  entry?: string
}

/** The last writing of one server into one file. */
export interface ConnectionRecords {
  read(): Promise<ConnectionRecord | undefined>
  write(record: ConnectionRecord): Promise<void>
  remove(): Promise<void>
}

/** Finds the record of a server in a file. */
export function connectionRecords({ store }: Runtime, path: string, name: string): ConnectionRecords {
  const place = `connections/${digestOf(`${name}\n${path}`).slice(0, 24)}.json`
  return {
    async read() {
      const data: unknown = JSON.parse((await store.read(place)) ?? 'null')
      if (!isRecord(data) || typeof data['text'] !== 'string') return undefined
      const { text, backup, entry } = data
      return { text, ...(typeof backup === 'string' ? { backup } : {}), ...(typeof entry === 'string' ? { entry } : {}) }
    },
    write: (record) => store.write(place, JSON.stringify({ path, name, ...record })),
    remove: () => store.remove(place),
  }
}

/** What a registration is known by; undefined for none. */
export function entryDigest(registration: Registration | undefined): string | undefined {
  return registration === undefined ? undefined : digestOf(JSON.stringify(registration))
}

/** What a text is known by. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
