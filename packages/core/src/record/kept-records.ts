import type { z } from 'zod'
import { jsonIn } from './json.ts'
import type { StateStore } from './state-store.ts'

/** The records of a directory, a file each under its id; what is damaged, or of a version with another form, is passed over. */
export async function keptRecords<Kept extends { id: string }>(store: StateStore, directory: string, shape: z.ZodType): Promise<Kept[]> {
  const names = (await store.list(directory)).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map(async (name) => [name, await store.read(`${directory}/${name}`)] as const))
  return texts.flatMap(([name, text]) => {
    const { data } = shape.safeParse(jsonIn(text ?? ''))
    const kept = data as Kept | undefined
    return kept === undefined || `${kept.id}.json` !== name ? [] : [kept]
  })
}
