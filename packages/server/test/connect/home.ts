import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createWorkplace, lockService } from '../workplace.ts'

/** A home with these files in it. */
export async function home(files: Record<string, string> = {}, environment: Record<string, string> = {}) {
  const place = await createWorkplace([lockService('gate', [])], environment)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(place.home, path)), { recursive: true })
    await writeFile(join(place.home, path), text)
  }
  return { ...place, files: async (path: string) => (await readdir(join(place.home, path))).toSorted() }
}
