import { userInfo } from 'node:os'

/** Who runs the process. */
export function localPrincipal(): string {
  try {
    return `local:${userInfo().username}`
  } catch {
    // A container may run as a user nobody has named.
    return `local:${process.getuid?.() ?? 'unknown'}`
  }
}
