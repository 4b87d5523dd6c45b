import { ToolError, type Connection, type Simulation } from '@rackwarden/core'

/** What a lamp's tools are given. */
export interface LampClient {
  names(): string[]
  isLit(name: string): boolean
  light(name: string, lit: boolean): void
}

/** A pretend upstream; its connection is the lamps themselves. */
export interface LampConnection extends Connection {
  lamps: LampClient
}

/** Makes two lamps. */
export default function simulate(): Simulation {
  const lit = new Map([
    ['attic', false],
    ['hall', true],
  ])
  const lamps: LampClient = {
    names: () => [...lit.keys()],
    isLit(name) {
      const found = lit.get(name)
      if (found === undefined) throw new ToolError('not_found', `There is no lamp '${name}'.`, { hint: 'Ask list_lamps.' })
      return found
    },
    light: (name, on) => void lit.set(name, on),
  }
  const refuse = () => Promise.reject(new ToolError('invalid_config', 'Lamps have no wire.', { hint: 'Ask their tools.' }))
  const connection: LampConnection = { lamps, fetch: refuse, exec: refuse, dial: refuse }
  return { config: { room: 'any' }, connection, snapshot: () => Object.fromEntries(lit) }
}
