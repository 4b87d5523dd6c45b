import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import linux from '../src/index.ts'

const wrong = { unit: 'no-such-unit' }

// exec-faults.test.ts breaks the wire of programs, and what concerns SSH alone is proved where SSH is.
testService(linux, {
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
    exec_command: { right: { command: ['du', '-sh', '/srv/media'] }, wrong: { command: ['rm', '-rf', '/'] } },
    reboot_host: { right: {}, wrong: { force: true } },
    apply_updates: { right: { only: 'all', allow_removals: true }, wrong: { only: 'some' } },
  },
})
