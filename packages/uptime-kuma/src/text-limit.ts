import { z } from 'zod'

/** A text that says something and is not longer than what its column takes; the limit is no news to a model, and not listed. */
export function atMost(length: number) {
  return z
    .string()
    .trim()
    .min(1)
    .refine((text) => text.length <= length, `has more than ${length} characters`)
}
