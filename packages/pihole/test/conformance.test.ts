import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pihole from '../src/index.ts'

testService(pihole, {
  test,
  samples: {
    list_records: { right: { text: 'nas' }, wrong: { cursor: 'nowhere' } },
    lookup: { right: { name: 'media.home.example' }, wrong: { name: 'nas', type: 'ANYTHING' } },
    explain_domain: { right: { domain: 'ads.example.com' }, wrong: { domain: 'not a domain' } },
    search_queries: { right: { client: 'tv', since: '1d' }, wrong: { since: 'ages' } },
    diff_instances: { right: {}, wrong: { cursor: 'nowhere' } },
    add_record: {
      right: { name: 'nas.home.example', addresses: ['10.20.0.99', '10.20.0.98'] },
      wrong: { name: 'nas.home.example', addresses: ['10.20.0.999'] },
    },
    remove_record: { right: { name: 'attic.home.example' }, wrong: { name: 'atic.home.example' } },
    allow_domain: { right: { domain: 'tracker.example.net', comment: 'needed after all' }, wrong: { domain: 'http://x' } },
    deny_domain: { right: { domain: '(^|\\.)ads\\.', regex: true }, wrong: { domain: '*.example.com' } },
    sync_instances: { right: { from: 'primary' }, wrong: { from: 'third' } },
    set_blocking: { right: { enabled: false, seconds: 300 }, wrong: { enabled: false, seconds: 0 } },
  },
})
