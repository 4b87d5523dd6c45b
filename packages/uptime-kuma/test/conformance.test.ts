import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import uptimeKuma from '../src/index.ts'

testService(uptimeKuma, {
  test,
  samples: {
    list_jobs: { right: {}, wrong: { state: 'asleep' } },
    start_job: { right: { job: 'export' }, wrong: { job: 'exports' } },
    stop_job: { right: { job: 'index' }, wrong: { job: 'no-such-job' } },
  },
})
