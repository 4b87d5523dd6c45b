import { z } from 'zod'

/** A host as it is pinged or connected to: a name or an address, and nothing a program could take for an option. */
export const host = z
  .string()
  .min(1)
  .refine((text) => /^[\p{L}\p{N}_[:][\p{L}\p{N}\p{M}._:%[\]-]*$/u.test(text), 'is no host name or IP')

/** A text that says something and is not longer than what its column takes; the limit is no news to a model, and not listed. */
export function atMost(length: number) {
  return z
    .string()
    .trim()
    .min(1)
    .refine((text) => text.length <= length, `has more than ${length} characters`)
}
