import { z } from 'zod'

/** A boolean as Proxmox writes it: 1, 0, '1', true, or not at all. */
export const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .nullish()
  .transform((value) => value === true || value === 1 || value === '1')

/** A number that may come as text, or not at all. */
export const number = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => {
    const read = value === null || value === undefined || value === '' ? Number.NaN : Number(value)
    return Number.isNaN(read) ? undefined : read
  })

/** A number that has to be there, be it as text. */
export const count = z.union([z.number(), z.string().regex(/^-?\d+(?:\.\d+)?$/)]).transform(Number)

/** Text that may be missing. */
export const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)))
