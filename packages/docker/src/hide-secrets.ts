import { secretName, withoutUserInfo } from '@rackwarden/core'

/** A label's value, withheld where its name speaks of a secret: proxies keep password hashes there. */
export function hideInLabel(name: string, value: string): string {
  return secretName.test(name) ? '[redacted]' : withoutUserInfo(value)
}
