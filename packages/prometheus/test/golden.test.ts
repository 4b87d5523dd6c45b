import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import prometheus from '../src/index.ts'

const silence = { alert: 'DiskAlmostFull', matchers: ['instance="shelf:9100"'], duration: '4h', reason: 'new disk arrives at noon' }
const made = { silence: '00000000-0000-4000-8000-000000000001' }

test('what a model sees of the service is what was agreed', () => checkToolsGolden(prometheus, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(prometheus, new URL('transcript.md', import.meta.url), [
    { say: 'Is anything broken?', call: ['needs_attention'] },
    { say: 'How full is that disk, and since when?', call: ['search_metrics', { text: 'filesystem avail' }] },
    {
      say: 'The last day of it.',
      call: ['query_range', { query: 'node_filesystem_avail_bytes{instance="shelf:9100", mountpoint="/srv"}', last: '1d' }],
    },
    {
      say: 'What do the processors do now?',
      call: ['query', { query: 'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))' }],
    },
    { say: 'A slip in the expression is answered with its place.', call: ['query', { query: 'sum by (instance) (up' }] },
    { say: 'A new disk is on its way: be quiet until then. First, what would happen:', call: ['silence_alert', silence] },
    { say: 'The person agrees.', call: ['silence_alert', silence], confirm: true },
    { say: 'What notifies nobody now?', call: ['list_silences'] },
    { say: 'The disk is in. End it:', call: ['expire_silence', made] },
    { say: 'The person agrees.', call: ['expire_silence', made], confirm: true },
    {
      say: 'Everything at once is not silenced.',
      call: ['silence_alert', { matchers: ['instance=~".*"'], duration: '1h', reason: 'quiet please' }],
    },
  ]))
