import type { SimulatedSeries } from './world.ts'

const day = 86_400

/** The value of a series at a time, both in seconds; made up, but the same each time. */
export function valueAt(name: string, { labels, value, swing = 0, perSecond = 0 }: SimulatedSeries, time: number, now: number): number {
  const seed = hashOf(`${name} ${Object.values(labels).join(' ')}`)
  const wave = swing === 0 ? 0 : swing * Math.sin((2 * Math.PI * (time % day)) / day + seed * 2 * Math.PI)
  return Math.max(0, value + wave + perSecond * (time - now))
}

/** A number from nought to one that looks like chance and is none. */
function hashOf(text: string): number {
  let hash = 2_166_136_261
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619)
  return (hash >>> 0) / 2 ** 32
}
