import type { BackupCopy, FacetContext, KeptBackups } from '@rackwarden/core'
import { targetOf, timeText } from './addresses.ts'
import type { PbsClient } from './client.ts'
import { verdictOf } from './coverage.ts'
import { byGroup, snapshotsIn } from './inventory.ts'

/** Every group as backups of one thing; Proxmox VE notes the name of the guest with each. */
export async function backups(client: PbsClient, { instance, signal }: FacetContext): Promise<KeptBackups> {
  const { items, unread } = await snapshotsIn(client, undefined, signal)
  const now = client.now()
  const copies = [...byGroup(items)].flatMap(([name, group]): BackupCopy[] => {
    const whole = group.filter(({ size }) => size !== undefined)
    const [first] = group
    if (first === undefined) return []
    const [newest] = whole
    const usable = whole.find(({ verification }) => verification !== 'failed')
    const verdict = usable === undefined ? undefined : verdictOf(usable, now)
    const noted = notedName(whole.flatMap(({ comment = '' }) => (comment === '' ? [] : [comment])))
    return [
      {
        subject: { kind: first.kind, id: first.id, ...(noted === undefined ? {} : { name: noted }) },
        target: targetOf(instance, 'group', name),
        count: group.length,
        toldAt: new Date(now).toISOString(),
        ...(newest === undefined ? {} : { newest: timeText(newest.time) }),
        ...(usable === undefined ? {} : { usable: timeText(usable.time) }),
        ...(verdict === undefined || verdict === 'failed' ? {} : { verified: verdict }),
      },
    ]
  })
  return { copies, unread }
}

/** The word most notes begin with; one among them may say something else, as why it was made. */
function notedName(notes: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const note of notes) {
    const [word = ''] = note.trim().split(/[\s,;]+/)
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts].toSorted(([, first], [, second]) => second - first)[0]?.[0]
}
