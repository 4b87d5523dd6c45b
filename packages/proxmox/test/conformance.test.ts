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
    list_snapshots: { right: { guest: 'git.lab.lan' }, wrong: { guest: 'git' } },
    get_task: { right: { upid }, wrong: { upid: 'UPID:pve1' } },
    start_guest: { right: { guest: 'build' }, wrong: { guest: 'lab-a' } },
    shutdown_guest: { right: { guest: 'mail' }, wrong: { guest: '900' } },
    stop_guest: { right: { guest: 'loki' }, wrong: { guest: 'archive' } },
    restart_guest: { right: { guest: 'grafana' }, wrong: { guest: 'grafan' } },
    create_snapshot: { right: { guest: 'dock1', note: 'before the upgrade' }, wrong: { guest: 'jellyfin' } },
    backup_guest: { right: { guest: 'wiki' }, wrong: { guest: 'wiki', storage: 'ceph' } },
    rollback_snapshot: { right: { guest: 'paperless', snapshot: 'rackwarden-1' }, wrong: { guest: 'git.lab.lan', snapshot: 'before-13' } },
    list_templates: { right: {} },
    update_guest: { right: { guest: 'mail', cores: 4, memory_mib: 4_096, tags: ['core', 'new'] }, wrong: { guest: 'mail', swap_mib: 512 } },
    create_guest: {
      right: {
        from: 'debian-13-cloud',
        name: 'tryout',
        memory_mib: 4_096,
        disk_gib: 32,
        address: '10.30.0.99/24',
        gateway: '10.30.0.1',
        start: true,
      },
      wrong: { from: 'mail', name: 'tryout' },
    },
    clone_guest: { right: { guest: 'mail', name: 'mail-copy' }, wrong: { guest: 'jellyfin', name: 'jellyfin-copy' } },
    restore_guest: { right: { guest: 'dock1' }, wrong: { guest: 'speedtest' } },
    migrate_guest: { right: { guest: 'monitoring', node: 'pve3' }, wrong: { guest: 'media', node: 'pve2' } },
    resize_disk: { right: { guest: 'mail', disk: 'scsi0', gib: 40 }, wrong: { guest: 'mail', disk: 'scsi0', gib: 4 } },
    rollback_guest: {
      right: { guest: 'build', archive: 'backup:backup/vm/109/2026-06-01T01:52:00Z' },
      wrong: { guest: 'mail', archive: 'backup:backup/vm/104/2026-06-01T01:57:00Z' },
    },
    delete_guest: { right: { guest: 'build' }, wrong: { guest: 'scratch' } },
    exec_guest: { right: { guest: 'dock1', command: ['hostname'] }, wrong: { guest: 'dock1', command: ['rm', '-rf', '/'] } },
    delete_snapshot: { right: { guest: 'paperless', snapshot: 'rackwarden-1' }, wrong: { guest: 'paperless', snapshot: 'nothing' } },
  },
})
