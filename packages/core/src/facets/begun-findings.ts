import type { Finding } from '../define/facet.ts'
import type { BegunWrite } from '../record/begun-writes.ts'
import { isAlive } from '../record/owner-process.ts'
import type { Asked } from './ask.ts'

/** Writes whose process is gone while their upstream works, and of which it is not known what becomes. */
export function begunFindings(
  writes: readonly BegunWrite[],
  asked: readonly Asked<unknown>[],
): { finding: Finding; asked: Asked<unknown> }[] {
  return writes.flatMap((write) => {
    const of = asked.find(({ mount, instance }) => mount.service === write.service && instance.name === write.instance)
    if (of === undefined || isAlive(write)) return []
    const finding: Finding = {
      id: `rackwarden/begun/${write.id}`,
      severity: 'warning',
      target: write.targets[0] ?? `${write.service}@${write.instance}`,
      title: `Its process ended before it: ${write.summary}`,
      evidence: `What came of the task ${write.task} is not known yet; do it again only once it is.`,
      since: write.at,
    }
    return [{ finding, asked: of }]
  })
}
