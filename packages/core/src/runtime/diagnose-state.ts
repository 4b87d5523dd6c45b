import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyAudit } from '../record/audit.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Runtime } from './runtime.ts'

const leastFreeBytes = 64 * 1024 * 1024
/** No machine this runs on can honestly be before it. */
const firstRelease = Date.UTC(2026, 0)
const toleratedMs = 60_000

/** Looks at whether the state directory takes records, keeps them private and has room. */
export async function diagnoseState({ store, clock }: Runtime): Promise<Diagnosis> {
  const subject = 'state directory'
  const probe = `doctor-${process.pid}.json`
  try {
    await store.write(probe, JSON.stringify({ at: clock.now() }))
    await store.remove(probe)
  } catch (error) {
    return {
      level: 'error',
      subject,
      message: error instanceof Error ? error.message : String(error),
      fix: 'Reads go on, writes are refused. Make it writable, or set RACKWARDEN_STATE_DIR.',
    }
  }
  const [{ mode, uid }, { bavail, bsize }] = await Promise.all([stat(store.directory), statfs(store.directory)])
  if (process.getuid !== undefined && uid !== process.getuid())
    return {
      level: 'warning',
      subject,
      message: `${store.directory} belongs to another user.`,
      fix: 'Give each user a state directory of their own with RACKWARDEN_STATE_DIR.',
    }
  if ((mode & 0o077) !== 0 && process.platform !== 'win32')
    return {
      level: 'warning',
      subject,
      message: `${store.directory} is open to other users (${(mode & 0o777).toString(8)}).`,
      fix: `chmod 700 ${store.directory}`,
    }
  if (bavail * bsize < leastFreeBytes)
    return {
      level: 'warning',
      subject,
      message: `${store.directory} has ${Math.floor((bavail * bsize) / 1024 / 1024)} MiB left; where it is full, writes are refused.`,
      fix: 'Make room, or move it with RACKWARDEN_STATE_DIR.',
    }
  return { level: 'ok', subject, message: store.directory }
}

/** Looks at whether every chain of the audit is whole. */
export async function diagnoseAudit({ store, audit }: Runtime): Promise<Diagnosis> {
  const subject = 'audit'
  try {
    await audit.flush()
    const { files, lines, problems, unfinished } = await verifyAudit(store.directory)
    if (problems.length > 0)
      return {
        level: 'error',
        subject,
        message: `${problems.length} broken links in the chain.`,
        fix: "Run 'audit --verify' to see where.",
      }
    if (unfinished.length > 0)
      return {
        level: 'warning',
        subject,
        message: `${unfinished.length} writes began and never ended.`,
        fix: "Run 'audit --verify' and look at their targets.",
      }
    return { level: 'ok', subject, message: `${lines} lines in ${files} files, unbroken` }
  } catch (error) {
    return {
      level: 'error',
      subject,
      message: error instanceof Error ? error.message : String(error),
      fix: 'Check who may read the state directory.',
    }
  }
}

/** Looks at whether the clock can be right, going by this software and its own records alone. */
export async function diagnoseClock({ store, clock }: Runtime): Promise<Diagnosis> {
  const subject = 'clock'
  const now = clock.now()
  const shown = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  const fix = 'Set the clock, or have it set: timedatectl set-ntp true. Expiry, audit and certificates rest on it.'
  if (now < firstRelease) return { level: 'error', subject, message: `${shown} is before this software was made.`, fix }
  const newest = await newestRecord(join(store.directory, 'audit'))
  if (newest > now + toleratedMs)
    return { level: 'warning', subject, message: `${shown} is before the last audit record, ${new Date(newest).toISOString()}.`, fix }
  return { level: 'ok', subject, message: shown }
}

async function newestRecord(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  const times = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(directory, name)).catch(() => undefined)
      return found?.mtimeMs ?? 0
    }),
  )
  return times.reduce((first, second) => Math.max(first, second), 0)
}
