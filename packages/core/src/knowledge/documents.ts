import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { dirname, basename } from 'node:path'
import type { DocsConfiguration } from '../config/docs.ts'
import { cleanText } from '../present/clean.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { fullAllowance, largestDocument, lookThrough, type DocumentFile, type DocumentFolder } from './document-folder.ts'

/** The owner's documents. */
export interface Documents {
  /** Every folder as it is, or was a moment ago: looking costs at most a tenth of the time. */
  look(): Promise<readonly DocumentFolder[]>
  /** What the owner wrote down as pitfalls, where they did. */
  ownersPitfalls(): Promise<DocumentFile | undefined>
  /** The text of a file, cleaned and without secrets; undefined where it is gone, or no text in UTF-8. */
  read(file: Pick<DocumentFile, 'absolute'>): Promise<string | undefined>
}

/** A look that is under way, and at what. */
interface Looking {
  docs: DocsConfiguration | undefined
  folders: Promise<readonly DocumentFolder[]>
}

const restFactor = 10

/** Makes the way to the owner's documents; nothing is looked at before it is asked for. */
export function openDocuments(
  docs: () => DocsConfiguration | undefined,
  { clock, secrets }: Pick<Runtime, 'clock' | 'secrets'>,
): Documents {
  let looking: Looking | undefined
  let seen: { docs: DocsConfiguration | undefined; folders: readonly DocumentFolder[]; until: number } | undefined

  const lookAnew = async (now: DocsConfiguration | undefined): Promise<readonly DocumentFolder[]> => {
    const started = clock.now()
    const allowance = fullAllowance()
    const found: DocumentFolder[] = []
    for (const folder of now?.folders ?? []) found.push(await lookThrough(folder, allowance))
    const ended = clock.now()
    seen = { docs: now, folders: found, until: ended + restFactor * (ended - started) }
    return found
  }

  return {
    look: async () => {
      const now = docs()
      if (seen !== undefined && seen.docs === now && clock.now() < seen.until) return seen.folders
      if (looking?.docs !== now || looking === undefined) {
        const mine: Looking = { docs: now, folders: lookAnew(now).finally(() => (looking = looking === mine ? undefined : looking)) }
        looking = mine
      }
      return looking.folders
    },
    ownersPitfalls: async () => {
      for (const path of docs()?.pitfalls ?? []) {
        const { files } = await lookThrough({ name: '', path: dirname(path), only: [basename(path)] }, fullAllowance())
        if (files[0] !== undefined) return files[0]
      }
      return undefined
    },
    read: async ({ absolute }) => {
      const text = await textOf(absolute).catch(() => undefined)
      return text === undefined ? undefined : secrets.text(cleanText(text))
    },
  }
}

/** A folder on the way may have become a link since it was looked at, and the file anything else. */
async function textOf(absolute: string): Promise<string | undefined> {
  if ((await realpath(absolute)) !== absolute) return undefined
  // oxlint-disable-next-line no-bitwise -- flags of the file system
  const file = await open(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  try {
    const status = await file.stat()
    if (!status.isFile() || status.size > largestDocument) return undefined
    const bytes = Buffer.alloc(status.size)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    const whole = bytes.subarray(0, bytesRead)
    if (whole.includes(0)) return undefined
    return new TextDecoder('utf-8', { fatal: true }).decode(whole)
  } finally {
    await file.close()
  }
}
