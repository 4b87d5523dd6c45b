import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Longest text anybody configures with; a device never ends, and YAML of more takes seconds to read. */
const maxBytes = 262_144

/** How long whoever writes into a pipe (`<(sops -d …)`) has. */
const pipeMs = 10_000

/**
 * Reads a whole file or pipe of configuration; throws with a message that follows "cannot be read: ". A start waits for
 * it in any case, and Node's threads for files take longer to come up than the file to be read.
 */
export async function readTextFile(path: string): Promise<string> {
  const file = openText(path)
  try {
    if (fstatSync(file).isDirectory()) throw new Error('it is a directory')
    const bytes = await readToEnd(file)
    const text = bytes.toString('utf8')
    if (bytes.includes(0) || text.includes('\uFFFD')) throw new Error('it is not text in UTF-8')
    return text.replace(/^\uFEFF/, '')
  } finally {
    closeSync(file)
  }
}

function openText(path: string): number {
  try {
    // Without O_NONBLOCK, opening a pipe nobody writes into would hold the process for ever.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw Object.assign(new Error(code ?? 'unknown error', { cause }), { code })
  }
}

async function readToEnd(file: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for (const started = Date.now(); ;) {
    const chunk = read(file)
    if (chunk?.length === 0) return Buffer.concat(chunks, length)
    if (chunk === undefined) {
      if (Date.now() - started > pipeMs) throw new Error('nothing came out of the pipe')
      await delay(20)
      continue
    }
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
  }
}

/** What there is to read now; undefined where a writer has not written yet. */
function read(file: number): Buffer | undefined {
  try {
    const buffer = Buffer.alloc(65_536)
    return buffer.subarray(0, readSync(file, buffer))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}
