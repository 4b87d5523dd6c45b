import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pbs from '../src/index.ts'

const backup = 'main:vm/100/2026-06-01T02:00:00Z'

testService(pbs, {
  test,
  samples: {
    list_backups: { right: { scope: 'main:vm/101', all: true }, wrong: { scope: 'mian' } },
    list_tasks: { right: { since: '3d', text: 'backup' }, wrong: { since: 'ages' } },
    get_task: {
      right: { task: 'UPID:pbs:000003E8:0000C0DE:00000002:6A1CD990:backup:main\\x3act-200:rackwarden@pbs!assistant:' },
      wrong: { task: 'UPID:pve1:0000C0DE:00000002:6A1CD300:vzdump:100:root@pam:' },
    },
    list_jobs: { right: {}, wrong: { kind: 'tape' } },
    audit_freshness: { right: {}, wrong: { scope: 'main:labs' } },
    get_verify_coverage: { right: { scope: 'main' }, wrong: { scope: 'main:vm/102' } },
    protect_backup: { right: { backup }, wrong: { backup: 'main:vm/100/2026-06-01T02:00:01Z' } },
    run_verify: { right: { scope: 'main:lab' }, wrong: { scope: 'a/b:c' } },
    run_sync: { right: { job: 'to-attic' }, wrong: { job: 'attic' } },
    run_garbage_collection: { right: { datastore: 'main' }, wrong: { datastore: 'mein' } },
    prune_backups: { right: { scope: 'main:vm/100', keep_last: 3 }, wrong: { scope: 'main' } },
    delete_backup: { right: { backup }, wrong: { backup: 'main:vm/999' } },
  },
})
