import { ToolError } from '@rackwarden/core'
import type { Identity } from './identity.ts'

/** Throws where what is asked for needs root, and there is no way to it. */
export function requireRoot({ name, user }: Pick<Identity, 'name' | 'user'>, purpose: string): void {
  if (user === 'root' || user === '0') return
  throw new ToolError('forbidden', `On ${name} this would run as ${user}, who may not ${purpose}.`, {
    hint: "Set sudo to 'passwordless' or 'password', or log in as root.",
  })
}
