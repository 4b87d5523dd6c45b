const gigabyte = 1e9
const dayMs = 86_400_000

/** Bytes in gigabytes, with one digit where they are few. */
export function gigabytes(bytes: number): number {
  const amount = bytes / gigabyte
  return Math.abs(amount) < 100 ? Math.round(amount * 10) / 10 : Math.round(amount)
}

/** Bytes in words. */
export function sizeText(bytes: number): string {
  return bytes >= 1e12 ? `${(bytes / 1e12).toFixed(1)} TB` : `${gigabytes(bytes)} GB`
}

/** Whole days between two moments, given in milliseconds. */
export function daysBetween(from: number, to: number): number {
  return Math.floor((to - from) / dayMs)
}

/** How long ago something was, given in seconds since the epoch: hours up to three days, then days. */
export function ageText(seconds: number, now: number): string {
  const hours = Math.max(0, Math.floor((now - seconds * 1_000) / 3_600_000))
  if (hours < 72) return `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

/** How many there are of something, in words: `1 backup`, `2 backups`. */
export function countText(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`
}
