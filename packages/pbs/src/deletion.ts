import { ToolError, type WriteContext } from '@rackwarden/core'
import { addressOf, targetOf, type BackupAddress } from './addresses.ts'
import { verifiedText } from './coverage.ts'
import { byGroup, type Snapshot } from './inventory.ts'
import type { PbsClient } from './client.ts'

/** Most backups one plan takes: what a person cannot read, they cannot agree to. */
export const mostAtOnce = 400

/** What became of backups that were to go, each by its address. */
export interface Deletion {
  deleted: string[]
  /** What had vanished meanwhile. */
  goneBefore: string[]
  left: { backup: string; why: string }[]
}

/** Deletes exactly these, one after the other. */
export async function deleteAll(
  going: readonly BackupAddress[],
  { client, instance, signal, touch, progress }: Omit<WriteContext<PbsClient, unknown>, 'state'>,
): Promise<Deletion> {
  const outcome: Deletion = { deleted: [], goneBefore: [], left: [] }
  for (const [index, one] of going.entries()) {
    signal.throwIfAborted()
    const backup = addressOf(one)
    progress(`deleting ${backup}`, index, going.length)
    touch(targetOf(instance, 'backup', backup))
    const became = await deleteOne(client, one, signal)
    if (became === 'deleted') outcome.deleted.push(backup)
    else if (became === 'gone before') outcome.goneBefore.push(backup)
    else outcome.left.push({ backup, why: became.left })
  }
  return outcome
}

type Became = 'deleted' | 'gone before' | { left: string }

/** What is held or protected by now is left, and what vanished is no failure. */
async function deleteOne(client: PbsClient, backup: BackupAddress, signal: AbortSignal): Promise<Became> {
  try {
    await client.deleteBackup(backup, signal)
    return 'deleted'
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    if (error.code === 'not_found') return 'gone before'
    if (error.code === 'conflict') return { left: error.message }
    throw error
  }
}

/** What should be known before backups go: what of their groups stays, and whether it is any good. */
export function warningsOf(all: readonly Snapshot[], isGoing: (snapshot: Snapshot) => boolean): string[] {
  return [...byGroup(all)].flatMap(([group, snapshots]): string[] => {
    const going = snapshots.filter(isGoing)
    if (going.length === 0) return []
    const staying = snapshots.filter((snapshot) => !isGoing(snapshot) && snapshot.size !== undefined)
    const verified = going.find(({ verification }) => verification === 'ok')
    if (staying.length === 0) return [`No whole backup of ${group} stays${goodOf(going)}.`]
    if (verified !== undefined && staying.every(({ verification }) => verification !== 'ok'))
      return [
        `What stays of ${group} is not verified, or corrupt (the newest: ${verifiedText(staying[0]!)}); ${addressOf(verified)}, which goes, is verified.`,
      ]
    return staying.every(({ verification }) => verification === 'failed') ? [`What stays of ${group} is corrupt.`] : []
  })
}

function goodOf(going: readonly Snapshot[]): string {
  const count = going.filter(({ verification }) => verification === 'ok').length
  return count === 0 ? '' : `; ${count} of those that go ${count === 1 ? 'is' : 'are'} verified`
}
