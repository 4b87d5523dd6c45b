import { daysBetween, type Pool } from './pool.ts'
import { numberOf, type Sections } from './sections.ts'
import type { Verdict } from './verdict.ts'

/** Reads `zpool list -Hp` and `zpool status`. */
export function zfsPools(sections: Sections, now: number): Pool[] {
  const reports = new Map(
    sections
      .text('pools:zfs:status')
      .split(/^(?=\s*pool: )/m)
      .map((report) => [/^\s*pool: (\S+)/.exec(report)?.[1] ?? '', report]),
  )
  return sections.lines('pools:zfs:list').map((line) => {
    const [name = '', , , capacity, fragmentation, health = 'UNKNOWN'] = line.split('\t')
    const report = reports.get(name) ?? ''
    const members = membersOf(report)
    const bad = members.filter(({ state, errors, name: member }) => member !== name && (state !== 'ONLINE' || errors > 0))
    const scan = fieldOf(report, 'scan')
    const loss = fieldOf(report, 'errors')
    const errors = members.filter(({ isLeaf }) => isLeaf).reduce((sum, member) => sum + member.errors, 0)
    const used = numberOf(capacity?.replace('%', ''))
    const scrubDays = scrubDaysOf(scan, now)
    const lost = loss !== '' && !loss.startsWith('No known data errors')
    return {
      kind: 'zfs' as const,
      name,
      verdict: verdictOf(health, { lost, errors, used: used ?? 0 }),
      health,
      usedPercent: used,
      errors,
      scrubDays,
      evidence: [
        health,
        ...bad.map(({ name: member, state, errors: count, note }) =>
          [member, state, ...(count > 0 ? [`${count} errors`] : []), note].filter(Boolean).join(' '),
        ),
        ...(lost ? [loss] : []),
        ...(/resilver in progress|scrub in progress/.test(scan) ? [scan.slice(0, 120)] : []),
        scrubDays === undefined ? 'no scrub known' : `scrubbed ${scrubDays} days ago`,
        ...(used === undefined ? [] : [`${used} % full`]),
        ...(numberOf(fragmentation?.replace('%', '')) === undefined ? [] : [`${fragmentation?.replace('%', '')} % fragmented`]),
      ].join('; '),
    }
  })
}

function verdictOf(health: string, { lost, errors, used }: { lost: boolean; errors: number; used: number }): Verdict {
  if (health !== 'ONLINE' || lost || used >= 95) return 'crit'
  return errors > 0 || used >= 85 ? 'warn' : 'ok'
}

interface Member {
  name: string
  state: string
  errors: number
  isLeaf: boolean
  /** What stands behind the numbers: `was /dev/sdb1`, `too many errors`. */
  note: string
}

function membersOf(report: string): Member[] {
  const lines = (/^config:\n([^]*?)^errors:/m.exec(report)?.[1] ?? '').split('\n')
  return lines.flatMap((line, index) => {
    const [, indent = '', name = '', state = '', read, write, checksum, note = ''] =
      /^(\s+)(\S+)\s+([A-Z]+)(?:\s+([\d.KMG]+)\s+([\d.KMG]+)\s+([\d.KMG]+))?\s*(.*)$/.exec(line) ?? []
    if (name === '' || name === 'NAME') return []
    const next = /^\s*/.exec(lines[index + 1] ?? '')?.[0].length ?? 0
    return [
      {
        name,
        state,
        errors: [read, write, checksum].reduce((sum, count) => sum + countOf(count), 0),
        isLeaf: next <= indent.length,
        note: note.trim(),
      },
    ]
  })
}

function countOf(text: string | undefined): number {
  const [, digits, unit = ''] = /^([\d.]+)([KMG]?)$/.exec(text ?? '') ?? []
  return digits === undefined ? 0 : Math.round(Number(digits) * ({ K: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1))
}

function fieldOf(report: string, name: string): string {
  return (new RegExp(String.raw`^\s*${name}: ([^]*?)(?=^\s*\w+:|\s*$(?![^]))`, 'm').exec(report)?.[1] ?? '').replaceAll(/\s+/g, ' ').trim()
}

function scrubDaysOf(scan: string, now: number): number | undefined {
  const [, time] = /^scrub repaired .* on (.*)$/.exec(scan) ?? []
  return time === undefined ? undefined : daysBetween(Date.parse(`${time.replace(/ [A-Z]{3,5}$/, '')} UTC`), now)
}
