import { daysBetween, type Pool } from './pool.ts'
import { numberOf, type Sections } from './sections.ts'

/** Reads `btrfs device stats`, `filesystem show` and `scrub status` of each mounted file system. */
export function btrfsPools(sections: Sections, now: number): Pool[] {
  return sections.below('pools:btrfs:stats:').map(({ name: point, text }): Pool => {
    const name = point.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    const counts = [...text.matchAll(/^\[(\S+)\]\.(\w+)\s+(\d+)/gm)].map(([, device = '', kind = '', count]) => ({
      device,
      kind,
      count: Number(count),
    }))
    const bad = counts.filter(({ count }) => count > 0)
    const errors = bad.reduce((sum, { count }) => sum + count, 0)
    const isMissing = /missing/i.test(sections.text(`pools:btrfs:show:${point}`)) || counts.some(({ device }) => device === 'devid:missing')
    const scrub = sections.text(`pools:btrfs:scrub:${point}`)
    const scrubDays = scrubDaysOf(scrub, now)
    const uncorrectable = numberOf(/uncorrectable(?:_errors)?:\s*(\d+)/i.exec(scrub)?.[1]) ?? 0
    const used = numberOf(/\s(\d+)%\s/.exec(sections.text(`pools:btrfs:space:${point}`))?.[1])
    const unread = counts.length === 0
    return {
      kind: 'btrfs',
      name,
      verdict: isMissing || uncorrectable > 0 ? 'crit' : errors > 0 ? 'warn' : unread ? 'unknown' : 'ok',
      health: isMissing ? 'degraded' : unread ? 'unknown' : errors > 0 ? 'errors' : 'clean',
      usedPercent: used,
      errors,
      scrubDays,
      evidence: [
        ...(isMissing ? ['a device is missing'] : []),
        ...bad.map(({ device, kind, count }) => `${device} ${count} ${kind.replaceAll('_', ' ')}`),
        ...(uncorrectable > 0 ? [`${uncorrectable} errors beyond repair at the last scrub`] : []),
        ...(unread ? ['its counters could not be read, which only root may'] : errors === 0 ? ['no errors counted'] : []),
        scrubDays === undefined ? 'no scrub known' : `scrubbed ${scrubDays} days ago`,
      ].join('; '),
    }
  })
}

function scrubDaysOf(text: string, now: number): number | undefined {
  const [, time] = /(?:Scrub started:\s*|scrub started at )([A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]+ \d{4})/.exec(text) ?? []
  return time === undefined ? undefined : daysBetween(Date.parse(`${time} UTC`), now)
}
