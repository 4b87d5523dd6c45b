import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import prometheus from '../src/index.ts'

testService(prometheus, {
  test,
  samples: {
    query: { right: { query: 'up' }, wrong: { query: 'up{' } },
    query_range: { right: { query: 'node_load1', last: '6h' }, wrong: { query: 'node_load1', last: 'ages' } },
    list_alerts: { right: {}, wrong: { state: 'asleep' } },
    list_targets: { right: {}, wrong: { cursor: 'nowhere' } },
    search_metrics: { right: { text: 'filesystem' }, wrong: { type: 'tape' } },
    list_rules: { right: {}, wrong: { state: 'odd' } },
    list_silences: { right: {}, wrong: { state: 'gone' } },
    silence_alert: {
      right: { alert: 'DiskAlmostFull', matchers: ['instance="shelf:9100"'], duration: '2h', reason: 'new disk is on its way' },
      wrong: { alert: 'DiskAlmostFul', duration: '2h', reason: 'new disk is on its way' },
    },
    expire_silence: { right: { silence: '5f0c1a52-7c1d-4d0e-9f0a-1d6f1f2b7a01' }, wrong: { silence: 'no-such-silence' } },
  },
})
