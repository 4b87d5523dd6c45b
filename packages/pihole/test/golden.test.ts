import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pihole from '../src/index.ts'

test('what a model sees of the service is what was agreed', () => checkToolsGolden(pihole, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(pihole, new URL('transcript.md', import.meta.url), [
    { say: 'What does it do?', call: ['list_jobs'] },
    { say: 'Run the export. First, what would happen:', call: ['start_job', { job: 'export' }] },
    { say: 'The person agrees.', call: ['start_job', { job: 'export' }], confirm: true },
    { say: 'A slip in a name is answered with the nearest one.', call: ['stop_job', { job: 'exports' }] },
  ]))
