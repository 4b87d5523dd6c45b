import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of a test's own. */
export interface LaidOut {
  path: string
  remove: () => Promise<void>
}

/** Lays files out in a folder of their own, by path. */
export async function layOut(files: Readonly<Record<string, string | Uint8Array>>): Promise<LaidOut> {
  const path = await mkdtemp(join(tmpdir(), 'rackwarden-files-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), content)
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
