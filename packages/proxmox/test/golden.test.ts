import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import proxmox from '../src/index.ts'

test('what a model sees of the service is what was agreed', () => checkToolsGolden(proxmox, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(proxmox, new URL('transcript.md', import.meta.url), [
    { say: 'How is the cluster?', call: ['get_status'] },
    { say: 'What of it is not backed up?', call: ['audit_backups', { limit: 5 }] },
    { say: 'And the guests that matter:', call: ['list_guests', { tag: 'core' }] },
    { say: 'The wiki gets an upgrade. A way back first:', call: ['create_snapshot', { guest: 'wiki', note: 'before the upgrade' }] },
    { say: 'The person agrees.', call: ['create_snapshot', { guest: 'wiki', note: 'before the upgrade' }], confirm: true },
    { say: 'The upgrade went wrong. Back to before it:', call: ['rollback_snapshot', { guest: 'wiki', snapshot: 'rackwarden-1' }] },
    { say: 'The person agrees.', call: ['rollback_snapshot', { guest: 'wiki', snapshot: 'rackwarden-1' }], confirm: true },
    { say: 'The resolver may be restarted only by somebody who knows what leans on it.', call: ['restart_guest', { guest: 'dns1' }] },
    { say: 'What holds devices of its node is said before it stops.', call: ['shutdown_guest', { guest: 'media' }] },
    { say: 'Windows does not listen.', call: ['shutdown_guest', { guest: 'windows', timeout_seconds: 60 }] },
    { say: 'The person agrees.', call: ['shutdown_guest', { guest: 'windows', timeout_seconds: 60 }], confirm: true },
    { say: 'A backup by hand, beside the nightly ones.', call: ['backup_guest', { guest: 'notes', storage: 'backup' }] },
    { say: 'The person agrees.', call: ['backup_guest', { guest: 'notes', storage: 'backup' }], confirm: true },
    { say: 'What a lock holds is left alone.', call: ['start_guest', { guest: 'test' }] },
    { say: 'A slip in a name is answered with the nearest one.', call: ['get_guest', { guest: 'dok1' }] },
  ]))
