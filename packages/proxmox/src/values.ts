import { z } from 'zod'

/** Reads a boolean as Proxmox writes it: 1, 0, '1', true, or not at all. */
export function flagIn(value: unknown): boolean {
  return value === true || value === 1 || value === '1'
}

/** Reads a number that may come as text, or not at all. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  const read = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  return Number.isNaN(read) ? undefined : read
}

/** Reads text that may be missing. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}

/** What is read where it is used: a cluster has rows by the ten thousand, and of most of them little is looked at. */
export const unread = z.unknown().optional()

/** A boolean as Proxmox writes it. */
export const flag = unread.transform(flagIn)

/** A number that may come as text, or not at all. */
export const number = unread.transform(numberIn)

/** Text that may be missing. */
export const text = unread.transform(textIn)

/** A number that has to be there, be it as text. */
export const count = z.union([z.number(), z.string().regex(/^-?\d+(?:\.\d+)?$/)]).transform(Number)
