import { withListedNames } from '../call/call.ts'
import type { Pitfall } from '../define/pitfall.ts'
import type { Mount } from '../runtime/mount.ts'

/** The pitfalls of a service, its tools named as they are listed here. */
export async function pitfallsOf(mount: Mount): Promise<readonly Pitfall[]> {
  const pitfalls = (await mount.pitfalls?.()) ?? []
  return pitfalls.map(({ title, text }) => ({ title, text: withListedNames(text, mount) }))
}
