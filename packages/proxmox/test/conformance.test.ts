import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import proxmox from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'

// Deterministic: the same world names the same tasks.
const upid = [...instanceOf(defaultWorld).cluster.tasks.keys()][1] ?? ''

testService(proxmox, {
  test,
  samples: {
    get_node: { right: { node: 'pve1' }, wrong: { node: 'pve9' } },
    check_node: { right: { node: 'pve2' }, wrong: { node: 'nobody' } },
    list_guests: { right: { tag: 'core' }, wrong: { node: 'pve9' } },
    get_guest: { right: { guest: 'dock1' }, wrong: { guest: 'dock9' } },
    ping_agent: { right: { guest: 'dock1' }, wrong: { guest: 'dns1' } },
    list_storage: { right: {}, wrong: { storage: 'cephh' } },
    list_backups: { right: { guest: '102' }, wrong: { guest: 'nobody' } },
    audit_backups: { right: {}, wrong: { within: 'ages' } },
    list_snapshots: { right: { guest: 'git.lab.lan' }, wrong: { guest: 'git' } },
    get_task: { right: { upid }, wrong: { upid: 'UPID:pve1' } },
    start_guest: { right: { guest: 'build' }, wrong: { guest: 'lab-a' } },
    shutdown_guest: { right: { guest: 'mail' }, wrong: { guest: '900' } },
    stop_guest: { right: { guest: 'loki' }, wrong: { guest: 'archive' } },
    restart_guest: { right: { guest: 'grafana' }, wrong: { guest: 'grafan' } },
    create_snapshot: { right: { guest: 'dock1', note: 'before the upgrade' }, wrong: { guest: 'jellyfin' } },
    backup_guest: { right: { guest: 'wiki' }, wrong: { guest: 'wiki', storage: 'ceph' } },
    rollback_snapshot: { right: { guest: 'paperless', snapshot: 'rackwarden-1' }, wrong: { guest: 'git.lab.lan', snapshot: 'before-13' } },
    delete_snapshot: { right: { guest: 'paperless', snapshot: 'rackwarden-1' }, wrong: { guest: 'paperless', snapshot: 'nothing' } },
  },
})
