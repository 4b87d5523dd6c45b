import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pbs from '../src/index.ts'

const database = { backup: 'main:vm/101/2026-06-01T02:00:00Z' }
const pinned = { backup: 'main:vm/101/2026-04-29T01:00:00Z' }
const thin = { scope: 'main:vm/100', keep_last: 2, keep_weekly: 2 }

test('what a model sees of the service is what was agreed', () => checkToolsGolden(pbs, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(pbs, new URL('transcript.md', import.meta.url), [
    { say: 'How is the backup server?', call: ['get_status'] },
    { say: 'What should be looked at?', call: ['needs_attention'] },
    { say: 'When will the disks be full?', call: ['list_datastores'] },
    { say: 'Who has no fresh backup?', call: ['audit_freshness'] },
    { say: 'Why has the name server none?', call: ['list_tasks', { state: 'failed' }] },
    { say: 'Can the backups be trusted?', call: ['get_verify_coverage'] },
    { say: 'Nobody ever verified the playground. First, what would happen:', call: ['run_verify', { scope: 'main:lab' }] },
    { say: 'The person agrees.', call: ['run_verify', { scope: 'main:lab' }], confirm: true },
    { say: 'The database is to be upgraded today: keep what there is of last night.', call: ['protect_backup', database] },
    { say: 'The person agrees.', call: ['protect_backup', database], confirm: true },
    { say: 'Which backups of it are there?', call: ['list_backups', { scope: 'main:vm/101', all: true }] },
    { say: 'Space is needed. Which rules are there?', call: ['list_jobs', { kind: 'prune' }] },
    { say: 'Without a rule nothing goes.', call: ['prune_backups', { scope: 'main:vm/100' }] },
    { say: 'Thin out the web server.', call: ['prune_backups', thin] },
    { say: 'The person agrees.', call: ['prune_backups', thin], confirm: true },
    { say: 'And the old one of the database?', call: ['delete_backup', pinned] },
    { say: 'What was pruned takes up space until garbage is collected.', call: ['run_garbage_collection', { datastore: 'main' }] },
    { say: 'The person agrees.', call: ['run_garbage_collection', { datastore: 'main' }], confirm: true },
    { say: 'Bring the offsite copy up to date.', call: ['run_sync', { job: 'to-attic' }] },
    { say: 'The person agrees.', call: ['run_sync', { job: 'to-attic' }], confirm: true },
  ]))
