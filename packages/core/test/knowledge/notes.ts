import { onTestFinished } from 'vitest'
import { layOut } from '../../src/testing.ts'

/** A folder with these notes in it, gone when the test ends. */
export async function folderOf(notes: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const { path, remove } = await layOut(notes)
  onTestFinished(remove)
  return path
}
