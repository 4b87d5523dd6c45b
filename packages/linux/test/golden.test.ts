import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import linux from '../src/index.ts'

test('what a model sees of the service is what was agreed', () => checkToolsGolden(linux, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(linux, new URL('transcript.md', import.meta.url), [
    { say: 'Is anything broken?', call: ['needs_attention'] },
    { say: 'What does the backup say?', call: ['get_unit_logs', { unit: 'backup', tail: 5 }] },
    { say: 'And the host as a whole?', call: ['check_host'] },
    { say: 'Is the disk dying?', call: ['check_disks', { disk: 'sda' }] },
    { say: 'Restart the web server. First, what would happen:', call: ['restart_unit', { unit: 'nginx' }] },
    { say: 'The person agrees.', call: ['restart_unit', { unit: 'nginx' }], confirm: true },
    { say: 'Start the backup once more.', call: ['start_unit', { unit: 'backup' }] },
    { say: 'The person agrees. It does not settle, and says why.', call: ['start_unit', { unit: 'backup' }], confirm: true },
    { say: 'Let Samba start at boot.', call: ['enable_unit', { unit: 'smb' }] },
    { say: 'The person agrees.', call: ['enable_unit', { unit: 'smb' }], confirm: true },
    { say: 'Stop sshd: refused, it is the way in.', call: ['stop_unit', { unit: 'sshd' }] },
    { say: 'A static unit cannot be enabled.', call: ['enable_unit', { unit: 'backup' }] },
    {
      say: 'How large is the media share? No tool tells, so a command is planned.',
      call: ['exec_command', { command: 'du -sh /srv/media'.split(' ') }],
    },
    { say: 'The person agrees.', call: ['exec_command', { command: 'du -sh /srv/media'.split(' ') }], confirm: true },
    {
      say: 'Wipe the old disk: refused, whoever agrees.',
      call: ['exec_command', { command: ['wipefs', '-a', '/dev/sda'], as_root: true }],
    },
    { say: 'Install what is urgent.', call: ['apply_updates', { only: 'security' }] },
    { say: 'The person agrees.', call: ['apply_updates', { only: 'security' }], confirm: true },
    { say: 'And now the reboot it waits for.', call: ['reboot_host'] },
    { say: 'The person agrees.', call: ['reboot_host'], confirm: true },
    { say: 'A name that is not there is answered with what is.', call: ['get_unit', { unit: 'ngnix' }] },
  ]))
