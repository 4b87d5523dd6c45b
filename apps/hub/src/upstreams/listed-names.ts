import { createHash } from 'node:crypto'

/** The longest name of a tool or prompt, its prefix included, that every client takes. */
export const longestListed = 48

const hashLength = 6

/**
 * The names foreign things are listed by, behind a prefix: the same for the same names, in whatever order they came.
 * A name that must be made safe, cut, or told apart carries a hash of what it was.
 */
export function listedNames(names: readonly string[], prefix: string, taken: ReadonlySet<string> = new Set()): ReadonlyMap<string, string> {
  const unique = [...new Set(names)].toSorted()
  const listed = new Map<string, string>()
  const used = new Set<string>()
  const fits = (name: string) => prefix.length + name.length <= longestListed && !used.has(name) && !taken.has(`${prefix}${name}`)
  // Who has a good name keeps it, whatever others would be cut to.
  for (const name of unique) {
    if (safe(name) !== name || !fits(name)) continue
    listed.set(name, name)
    used.add(name)
  }
  for (const name of unique) {
    if (listed.has(name)) continue
    let round = 0
    let made = withHash(name, prefix, round)
    while (!fits(made)) made = withHash(name, prefix, (round += 1))
    listed.set(name, made)
    used.add(made)
  }
  return listed
}

function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '')
}

function withHash(name: string, prefix: string, round: number): string {
  const hash = createHash('sha256')
    .update(`${round === 0 ? '' : round}${name}`)
    .digest('hex')
    .slice(0, hashLength)
  const room = longestListed - prefix.length - hashLength - 1
  const kept = safe(name).slice(0, room).replaceAll(/_+$/g, '')
  return kept === '' ? hash : `${kept}_${hash}`
}
