import { checkConversation } from '@rackwarden/core/testing'
import { defaultApproval, type CallResult } from '@rackwarden/core/runtime'
import { expect, test } from 'vitest'
import { hostsWithGuest } from './lab-guest.ts'
import { openLabHub } from './lab-hub.ts'

/** The change the latest write left. */
function latest(answers: readonly CallResult[]): { change: string } {
  const last = answers.findLast((answer) => answer.kind === 'done' && answer.change !== undefined)
  return { change: last?.kind === 'done' ? (last.change ?? '') : '' }
}

/** The change the first write left. */
function first(answers: readonly CallResult[]): { change: string } {
  const found = answers.find((answer) => answer.kind === 'done' && answer.change !== undefined)
  return { change: found?.kind === 'done' ? (found.change ?? '') : '' }
}

const told = (name: string) => new URL(`${name}.md`, import.meta.url)

test('a guest is moved off a node for maintenance, and home again', async () => {
  const { call } = await openLabHub('configure')
  const [lab, minecraft] = [
    { guest: 'lab', node: 'pve1' },
    { guest: 'minecraft', node: 'pve1' },
  ]
  await checkConversation('Move the guests off a node for maintenance', told('move-off-a-node'), call, [
    { say: 'pve3 gets another disk. What runs on it?', call: ['proxmox_list_guests', { node: 'pve3' }] },
    {
      say: 'What has devices of its node stays where it is, and the plan says so.',
      call: ['proxmox_migrate_guest', { guest: 'desktop', node: 'pve1' }],
    },
    { say: 'The virtual machine goes while it runs.', call: ['proxmox_migrate_guest', lab] },
    { say: 'The person agrees.', call: ['proxmox_migrate_guest', lab], confirm: true },
    { say: 'The container has its disk on pve3 alone, and stops on the way.', call: ['proxmox_migrate_guest', minecraft] },
    { say: 'Yes.', call: ['proxmox_migrate_guest', minecraft], confirm: true },
    { say: 'And the last one. It is only to be said once that it is there already.', call: ['proxmox_migrate_guest', lab] },
    { say: 'The disk is in. Back home with the container:', call: (answers) => ['undo_change', latest(answers)] },
    { say: 'The person agrees.', call: (answers) => ['undo_change', latest(answers)], confirm: true },
    { say: 'And the machine:', call: (answers) => ['undo_change', first(answers)] },
    { say: 'Yes.', call: (answers) => ['undo_change', first(answers)], confirm: true },
    { say: 'All of it is where it was.', call: ['proxmox_list_guests', { node: 'pve3' }] },
  ])
})

test('last night’s backup of a guest is restored beside the one that lives, and taken away again', async () => {
  const { call } = await openLabHub('configure')
  const build = { guest: 'build', name: 'build-tuesday' }
  await checkConversation('Restore last night’s backup beside the guest that lives', told('restore-beside'), call, [
    { say: 'A file went missing in build since yesterday. Which backups are there?', call: ['proxmox_list_backups', { guest: 'build' }] },
    { say: 'The newest, as another guest: the one that lives is not touched.', call: ['proxmox_restore_guest', build] },
    { say: 'The person agrees.', call: ['proxmox_restore_guest', build], confirm: true },
    { say: 'Both are there.', call: ['proxmox_list_guests', { name: 'build' }] },
    {
      say: 'It has the address of the other; it is started only on a network of its own.',
      call: ['proxmox_get_guest', { guest: 'build-tuesday' }],
    },
    { say: 'The file is found. Away with it:', call: (answers) => ['undo_change', latest(answers)] },
    { say: 'The person agrees.', call: (answers) => ['undo_change', latest(answers)], confirm: true },
    { say: 'The one that lives is as it was.', call: ['proxmox_list_guests', { name: 'build' }] },
  ])
})

test('what is not backed up is asked once, of hypervisors and backup server together', async () => {
  const { call } = await openLabHub('configure')
  const minecraft = { guest: 'minecraft', storage: 'backup', note: 'until the job has it again' }
  await checkConversation('What is not backed up?', told('not-backed-up'), call, [
    { say: 'What is not backed up?', call: ['audit_backups'] },
    { say: 'When was that one backed up last?', call: ['pbs_list_backups', { scope: 'backup:ct/121' }] },
    { say: 'Back it up now.', call: ['proxmox_backup_guest', minecraft] },
    { say: 'The person agrees.', call: ['proxmox_backup_guest', minecraft], confirm: true },
    { say: 'And now?', call: ['audit_backups'] },
    { say: 'That was only to see how it goes: away with that one backup.', call: (answers) => ['undo_change', latest(answers)] },
    { say: 'The person agrees.', call: (answers) => ['undo_change', latest(answers)], confirm: true },
  ])
})

test('an upgrade goes wrong, and the snapshot taken first is gone back to', async () => {
  // That a person is asked is shown elsewhere: here they agreed.
  const { call } = await openLabHub('admin', { approval: { ...defaultApproval, tiers: { ...defaultApproval.tiers, admin: 'token' } } })
  const look = { guest: 'build', command: ['systemctl', 'is-active', 'docker'] }
  const upgrade = { guest: 'build', command: ['apt-get', '-y', 'full-upgrade'], timeout_seconds: 300, snapshot_first: true }
  const back = { guest: 'build', snapshot: 'rackwarden-2' }
  await checkConversation('A snapshot, a bad upgrade, a rollback', told('bad-upgrade'), call, [
    { say: 'Upgrade build. What is there to go back to?', call: ['proxmox_list_snapshots', { guest: 'build' }] },
    {
      say: 'Where that cannot be, it is said before anything happens.',
      call: ['proxmox_exec_guest', { guest: 'dns1', command: ['apt-get', 'update'] }],
    },
    { say: 'A snapshot first, then the upgrade.', call: ['proxmox_exec_guest', upgrade] },
    { say: 'The person agrees.', call: ['proxmox_exec_guest', upgrade], confirm: true },
    { say: 'It did not end well. Is Docker there?', call: ['proxmox_exec_guest', look] },
    { say: 'Yes, look.', call: ['proxmox_exec_guest', look], confirm: true },
    { say: 'It is not. What is there to go back to?', call: ['proxmox_list_snapshots', { guest: 'build' }] },
    { say: 'Back to before the upgrade.', call: ['proxmox_rollback_snapshot', back] },
    { say: 'The person agrees.', call: ['proxmox_rollback_snapshot', back], confirm: true },
    { say: 'And Docker?', call: ['proxmox_exec_guest', look] },
    { say: 'Yes, look.', call: ['proxmox_exec_guest', look], confirm: true },
    { say: 'What cannot be taken back says so.', call: (answers) => ['undo_change', latest(answers)] },
  ])
})

test('a guest is upgraded from within behind a snapshot of it, and put back', async () => {
  // That a person is asked is shown elsewhere: here they agreed.
  const approval = { ...defaultApproval, tiers: { ...defaultApproval.tiers, admin: 'token' as const } }
  const { call } = await openLabHub('admin', { approval, instead: { linux: hostsWithGuest } })
  const upgrade = { instance: 'build', only: 'all' }
  const back = { guest: '110', snapshot: 'rackwarden-2' }
  await checkConversation('An upgrade from within, behind a snapshot', told('upgrade-within'), call, [
    { say: 'What waits on build?', call: ['linux_check_updates', { instance: 'build' }] },
    { say: 'Install it. The plan says what there could be to go back to.', call: ['linux_apply_updates', upgrade] },
    { say: 'With a snapshot first, then.', call: ['linux_apply_updates', { ...upgrade, snapshot_first: true }] },
    { say: 'The person agrees to both.', call: ['linux_apply_updates', { ...upgrade, snapshot_first: true }], confirm: true },
    { say: 'Since then builds fail. Back to before it:', call: ['proxmox_rollback_snapshot', back] },
    { say: 'The person agrees.', call: ['proxmox_rollback_snapshot', back], confirm: true },
    { say: 'The old versions are there again.', call: ['linux_check_updates', { instance: 'build' }] },
    {
      say: 'The nas is no guest of anybody: what cannot be is said, and nothing is guessed.',
      call: ['linux_apply_updates', { instance: 'nas', only: 'all', snapshot_first: true }],
    },
  ])
})

test('a command in a guest goes behind a snapshot as well', async () => {
  const approval = { ...defaultApproval, tiers: { ...defaultApproval.tiers, admin: 'token' as const } }
  const { call } = await openLabHub('admin', { approval, instead: { linux: hostsWithGuest } })
  const given = { instance: 'build', command: ['docker', 'info'], snapshot_first: true }
  const planned = await call('linux_exec_command', given)
  const done = await call('linux_exec_command', { ...given, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  expect(done.text).toContain('Taken first: proxmox/snapshot/110/rackwarden-2')
  expect(done.text).toContain('proxmox_rollback_snapshot guest=110 snapshot=rackwarden-2 goes back to it.')
  expect((await call('list_changes')).text).toContain('(behind proxmox/snapshot/110/rackwarden-2)')
})
