import type { Usage } from './backup-schema.ts'

/** How a datastore grows, from the history the server keeps of it. */
export interface Growth {
  /** Bytes a day; less than nothing where it shrinks. */
  bytesPerDay: number
  /** Days until the line reaches the end of the disk; undefined where it does not grow. */
  daysUntilFull: number | undefined
  /** How long the history is that this rests on, in days. */
  days: number
}

const secondsOfDay = 86_400
/** A shorter history is the noise of one night's backups. */
const fewestDays = 3
/** Beyond it a line says nothing. */
const furthestDays = 3_650

/**
 * Lays a line through the shares in use that the server's history has, by least squares, as its own dashboard does for its estimate.
 * Undefined where the history is shorter than three days.
 */
export function growthOf(
  { history, total, 'history-start': start, 'history-delta': delta }: Pick<Usage, 'history' | 'total' | 'history-start' | 'history-delta'>,
  now: number,
): Growth | undefined {
  if (history === undefined || history === null || !start || !delta || !total) return undefined
  const points = history.flatMap((share, index) => (share === null ? [] : [{ day: (index * delta) / secondsOfDay, share }]))
  const [first, last] = [points[0], points.at(-1)]
  const days = first === undefined || last === undefined ? 0 : last.day - first.day
  if (days < fewestDays) return undefined
  const { intercept, slope } = leastSquares(points)
  const today = (now / 1_000 - start) / secondsOfDay
  const left = (1 - intercept) / slope - today
  return {
    bytesPerDay: Math.round(slope * total),
    // What is left after a cleaning may lie below the line.
    daysUntilFull: slope > 0 && left < furthestDays ? Math.max(0, Math.floor(left)) : undefined,
    days: Math.round(days),
  }
}

function leastSquares(points: readonly { day: number; share: number }[]): { intercept: number; slope: number } {
  const mean = (pick: (point: { day: number; share: number }) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const [day, share] = [mean((point) => point.day), mean((point) => point.share)]
  const spread = points.reduce((sum, point) => sum + (point.day - day) ** 2, 0)
  const slope = points.reduce((sum, point) => sum + (point.day - day) * (point.share - share), 0) / spread
  return { slope, intercept: share - slope * day }
}
