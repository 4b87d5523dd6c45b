const dayMs = 86_400_000

/** Gravity is built anew every week by itself. */
export const staleGravityDays = 8

/** Whether it blocks, in a word. */
export function blockingText({ blocking }: { blocking: string }): string {
  return blocking === 'enabled' ? 'on' : blocking === 'disabled' ? 'off' : blocking
}

/** A moment as ISO 8601, to the second. */
export function timeText(milliseconds: number): string {
  return new Date(Math.round(milliseconds / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
}

/** Whole days since gravity was built; nothing where it never was. */
export function gravityAge(lastUpdate: number, now: number): number | undefined {
  return lastUpdate <= 0 ? undefined : Math.max(0, Math.floor((now - lastUpdate * 1_000) / dayMs))
}

/** The same in words. */
export function gravityText(lastUpdate: number, now: number): string {
  const days = gravityAge(lastUpdate, now)
  if (days === undefined) return 'never built'
  return days === 0 ? 'built today' : `built ${days} ${days === 1 ? 'day' : 'days'} ago`
}
