import type { Finding } from '../define/facet.ts'
import { isLeft, type PauseRecord } from '../record/pauses.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Asked } from './ask.ts'

/** Watchers that were paused for a write and should watch again: what watches nothing hides trouble. */
export function pauseFindings(
  records: readonly PauseRecord[],
  asked: readonly Asked<unknown>[],
): { finding: Finding; asked: Asked<unknown> }[] {
  return records.flatMap((record) => {
    const [part] = record.parts
    const of = asked.find(({ mount, instance }) => mount.service === part?.service && instance.name === part.instance)
    if (part === undefined || of === undefined || !isLeft(record)) return []
    const watchers = record.parts.flatMap((one) => one.watchers)
    const finding: Finding = {
      id: `rackwarden/pause/${record.id}`,
      severity: 'warning',
      target: watchers[0] ?? `${part.service}@${part.instance}`,
      title: `What watches is still paused: ${watchers.join(', ')}`,
      evidence: `Paused for '${record.reason}', which is over; it ends by itself at ${record.until}.`,
      since: record.at,
      ...nextOf(of.mount),
    }
    return [{ finding, asked: of }]
  })
}

function nextOf({ tools }: Mount): Pick<Finding, 'next'> {
  return tools.has('get_status') ? { next: { tool: 'get_status', input: {} } } : {}
}
