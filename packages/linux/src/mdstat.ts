import type { Pool } from './pool.ts'

/** Reads `/proc/mdstat`. */
export function mdPools(text: string): Pool[] {
  return text.split(/^(?=md\S+ : )/m).flatMap((block): Pool[] => {
    const [, name = '', state = '', level = '', members = ''] =
      /^(md\S+) : (\w+)(?: \([\w-]+\))? ?((?:raid|linear|multipath|faulty)\w*)? ?(.*)$/m.exec(block) ?? []
    if (name === '') return []
    const [, wanted, working] = /\[(\d+)\/(\d+)\]/.exec(block) ?? []
    const failed = [...members.matchAll(/(\S+)\[\d+\]\(F\)/g)].map(([, member]) => member ?? '')
    const missing = Number(wanted ?? 0) - Number(working ?? 0)
    const work = /(resync|recovery|reshape|check) *= *([\d.]+%)/.exec(block)
    const rebuilds = work !== null && work[1] !== 'check'
    const isActive = state === 'active'
    const health = !isActive ? state : missing > 0 ? (rebuilds ? 'rebuilding' : 'degraded') : rebuilds ? 'rebuilding' : 'clean'
    return [
      {
        kind: 'md',
        name,
        verdict: !isActive || missing > 0 ? 'crit' : failed.length > 0 || rebuilds ? 'warn' : 'ok',
        health,
        usedPercent: undefined,
        errors: failed.length,
        scrubDays: undefined,
        evidence: [
          [level, health].filter(Boolean).join(' '),
          ...(wanted === undefined ? [] : [`${working} of ${wanted} disks work`]),
          ...(failed.length > 0 ? [`failed: ${failed.join(', ')}`] : []),
          ...(work === null ? [] : [`${work[1]} at ${work[2]}`]),
        ].join('; '),
      },
    ]
  })
}
