import { testService, type Sample } from '@rackwarden/core/testing'
import { test } from 'vitest'
import proxmox from '../src/index.ts'
import { calls } from './tool-calls.ts'

/** What works, and is undone. */
const right: Readonly<Record<string, Record<string, unknown>>> = {
  ...calls,
  list_guests: { tag: 'core' },
  create_guest: { ...calls['create_guest'], from: 'debian-13-cloud' },
}

/** What is refused. */
const wrong: Readonly<Record<string, Record<string, unknown>>> = {
  get_node: { node: 'pve9' },
  check_node: { node: 'nobody' },
  list_guests: { node: 'pve9' },
  get_guest: { guest: 'dock9' },
  ping_agent: { guest: 'dns1' },
  list_storage: { storage: 'cephh' },
  list_backups: { guest: 'nobody' },
  list_snapshots: { guest: 'git' },
  get_task: { upid: 'UPID:pve1' },
  start_guest: { guest: 'lab-a' },
  shutdown_guest: { guest: '900' },
  stop_guest: { guest: 'archive' },
  restart_guest: { guest: 'grafan' },
  create_snapshot: { guest: 'jellyfin' },
  backup_guest: { guest: 'wiki', storage: 'ceph' },
  rollback_snapshot: { guest: 'git.lab.lan', snapshot: 'before-13' },
  update_guest: { guest: 'mail', swap_mib: 512 },
  create_guest: { from: 'mail', name: 'tryout' },
  clone_guest: { guest: 'jellyfin', name: 'jellyfin-copy' },
  restore_guest: { guest: 'speedtest' },
  migrate_guest: { guest: 'media', node: 'pve2' },
  resize_disk: { guest: 'mail', disk: 'scsi0', gib: 4 },
  rollback_guest: { guest: 'mail', archive: 'backup:backup/vm/104/2026-06-01T01:57:00Z' },
  delete_guest: { guest: 'scratch' },
  exec_guest: { guest: 'dock1', command: ['rm', '-rf', '/'] },
  delete_snapshot: { guest: 'paperless', snapshot: 'nothing' },
}

const samples = Object.entries(right).map(([name, input]): [string, Sample] => {
  const refused = wrong[name]
  return [name, { right: input, ...(refused === undefined ? {} : { wrong: refused }) }]
})
testService(proxmox, { test, samples: Object.fromEntries(samples) })
