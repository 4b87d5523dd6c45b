import { z } from 'zod'

const ids = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {})

/** One condition on a label, as Alertmanager keeps it; before 0.22 there was no inequality. */
export const matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
})
export type Matcher = z.output<typeof matcher>

/** One row of `GET /alerts`, as far as it is used. */
export const managedAlert = z.object({
  labels,
  annotations: labels,
  fingerprint: text,
  startsAt: text,
  status: z.object({ state: text, silencedBy: ids, inhibitedBy: ids, mutedBy: ids }),
})
export type ManagedAlert = z.output<typeof managedAlert>

/** One row of `GET /silences`, as far as it is used. */
export const silence = z.object({
  id: z.string(),
  status: z.object({ state: text }),
  matchers: z.array(matcher),
  startsAt: text,
  endsAt: text,
  createdBy: text,
  comment: text,
})
export type Silence = z.output<typeof silence>

/** `GET /status`, as far as it is used. */
export const alertmanagerStatus = z.object({ versionInfo: z.object({ version: text }).nullish() })

/** What `POST /silences` answers. */
export const createdSilence = z.object({ silenceID: z.string() })

/** What a new silence is made of. */
export interface NewSilence {
  matchers: readonly Matcher[]
  startsAt: string
  endsAt: string
  createdBy: string
  comment: string
}
