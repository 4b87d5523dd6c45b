import { z } from 'zod'

/** A name the engine takes for a new container. */
export const newName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, 'letters, digits, _ . and -, beginning with a letter or digit')

/** What the old container is called while its successor proves itself; it ends in its own id, so that no other is mistaken for it. */
export function retiredName(name: string, id: string): string {
  return `${name}.replaced-${id.slice(0, 12)}`
}

/** The name a retired container had; nothing where it is none. */
export function nameBefore(name: string, id: string): string | undefined {
  const ending = `.replaced-${id.slice(0, 12)}`
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined
}
