import { traitsOf } from '@rackwarden/core'
import { testService } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import linux from '../src/index.ts'

const wrong = { unit: 'no-such-unit' }
const { sudo, sudoPassword } = linux.config

// The suite breaks the wire of HTTP, which no host is asked over: exec-faults.test.ts does the like for programs,
// and what concerns SSH alone is proved where SSH is.
testService(
  { ...linux, config: { sudo: sudo ?? fail(), sudoPassword: sudoPassword ?? fail() } },
  {
    test,
    samples: {
      list_hosts: { right: {} },
      get_host_info: { right: {} },
      check_host: { right: {}, wrong: { section: 'cellar' } },
      list_units: { right: {}, wrong: { cursor: 'nowhere' } },
      get_unit: { right: { unit: 'nginx' }, wrong },
      get_unit_logs: { right: { unit: 'backup', grep: 'fatal|password' }, wrong: { unit: 'backup', since: 'yesterday' } },
      get_interfaces: { right: {}, wrong: { cursor: 'nowhere' } },
      check_disks: { right: {}, wrong: { disk: 'sdz' } },
      check_pools: { right: {} },
      check_updates: { right: {}, wrong: { cursor: 'nowhere' } },
      probe_tcp: { right: { address: 'nas.lan', tcp_port: 445 }, wrong: { address: '-e', tcp_port: 22 } },
      probe_http: { right: { url: 'http://nas.lan/' }, wrong: { url: 'file:///etc/shadow' } },
      start_unit: { right: { unit: 'smb' }, wrong },
      stop_unit: { right: { unit: 'nginx' }, wrong },
      restart_unit: { right: { unit: 'nginx' }, wrong },
      enable_unit: { right: { unit: 'smb' }, wrong },
      disable_unit: { right: { unit: 'nginx' }, wrong },
    },
  },
)

test('every configuration field is described', () => {
  expect(Object.entries(linux.config).filter(([, schema]) => !traitsOf(schema).description)).toEqual([])
})

function fail(): never {
  throw new Error('the field is missing')
}
