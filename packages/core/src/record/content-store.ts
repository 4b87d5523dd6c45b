import type { Sealer } from './seal.ts'
import type { StateStore } from './state-store.ts'

/** A value with its long parts kept elsewhere: whole in place, or as a content of its own. */
export type Packed = { here: Outline } | { content: string }

/** A value whose long texts are empty, and where each belongs. */
interface Outline {
  value?: unknown
  long?: readonly (readonly [path: readonly (string | number)[], content: string])[]
}

/** A content that was put somewhere: its name, what is on disk of it, and how many bytes that is. */
export interface HeldContent {
  name: string
  sealed: string
}

/** Contents of changes, each kept once, however many changes share it; sealed, compressed, named after what they hold. */
export interface ContentStore {
  /** Parts a value; what is long goes into `held`. */
  pack(value: unknown, held: HeldContent[]): Promise<Packed>
  /** The value again; undefined where part of it is no longer kept. */
  unpack(packed: Packed): Promise<{ value: unknown } | undefined>
  /** Sees to it that a content is there. */
  put(content: HeldContent): Promise<void>
}

/** Where contents stand within the state directory. */
export const contentDirectory = 'changes/content'

/** What is shorter stays where it is: a file of its own costs a block of the disk. */
const longEnough = 512

/** Keeps contents as records of the store. */
export function createContentStore(store: StateStore, sealer: Sealer): ContentStore {
  const hold = async (text: string, held: HeldContent[]): Promise<string> => {
    const name = await sealer.digest(text)
    if (!held.some((content) => content.name === name)) held.push({ name, sealed: await sealer.seal({ name, text }) })
    return name
  }

  const open = async (name: string): Promise<string | undefined> => {
    const sealed = await store.read(pathOf(name))
    if (sealed === undefined) return undefined
    const content = (await sealer.open(sealed)) as { name: string; text: string }
    return content.name === name ? content.text : undefined
  }

  return {
    async pack(value, held) {
      const long: [path: (string | number)[], content: string][] = []
      const shortened = async (part: unknown, path: (string | number)[]): Promise<unknown> => {
        if (typeof part === 'string' && part.length >= longEnough) {
          long.push([path, await hold(part, held)])
          return ''
        }
        if (typeof part !== 'object' || part === null) return part
        if (Array.isArray(part)) return inTurn(part.entries(), async ([index, item]) => shortened(item, [...path, index]))
        const entries = await inTurn(Object.entries(part), async ([key, item]) => [key, await shortened(item, [...path, key])] as const)
        return Object.fromEntries(entries)
      }
      const plain = JSON.parse(JSON.stringify({ value })) as { value?: unknown }
      const outline: Outline = { value: await shortened(plain.value, []), ...(long.length === 0 ? {} : { long }) }
      const text = JSON.stringify(outline)
      return text.length < longEnough ? { here: outline } : { content: await hold(text, held) }
    },
    async unpack(packed) {
      const text = 'content' in packed ? await open(packed.content) : undefined
      if ('content' in packed && text === undefined) return undefined
      const whole = ('here' in packed ? structuredClone(packed.here) : JSON.parse(text ?? '{}')) as Outline
      const root: { value: unknown } = { value: whole.value }
      for (const [path, content] of whole.long ?? []) {
        const part = await open(content)
        if (part === undefined) return undefined
        set(root, ['value', ...path], part)
      }
      return root
    },
    async put({ name, sealed }) {
      if (!(await store.has(pathOf(name)))) await store.create(pathOf(name), sealed)
    },
  }
}

function pathOf(name: string): string {
  return `${contentDirectory}/${name}`
}

/** Puts a text where an empty one is. */
function set(root: object, path: readonly (string | number)[], text: string): void {
  const last = path.at(-1) ?? ''
  const holder = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>(
      (within, key) => within[key] as Record<string | number, unknown>,
      root as Record<string | number, unknown>,
    )
  holder[last] = text
}

/** One after the other: contents are found in the order in which they stand. */
async function inTurn<Item, Result>(items: Iterable<Item>, action: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await action(item))
  return results
}
