import { instanceOf } from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'

// Deterministic: the same world names the same tasks.
const upid = [...instanceOf(defaultWorld).cluster.tasks.keys()][1] ?? ''

/** A call of every tool that reaches all it asks of a cluster. */
export const calls: Readonly<Record<string, Record<string, unknown>>> = {
  get_status: {},
  list_nodes: {},
  get_node: { node: 'pve1' },
  check_node: { node: 'pve2' },
  list_guests: {},
  get_guest: { guest: 'dock1' },
  ping_agent: { guest: 'dock1' },
  list_storage: {},
  list_backups: { guest: '102' },
  list_snapshots: { guest: 'git.lab.lan' },
  get_task: { upid },
  start_guest: { guest: 'build' },
  shutdown_guest: { guest: 'mail' },
  stop_guest: { guest: 'loki' },
  restart_guest: { guest: 'grafana' },
  create_snapshot: { guest: 'dock1', note: 'before the upgrade' },
  backup_guest: { guest: 'wiki' },
  rollback_snapshot: { guest: 'paperless', snapshot: 'rackwarden-1' },
  list_templates: {},
  update_guest: { guest: 'mail', cores: 4, memory_mib: 4_096, tags: ['core', 'new'] },
  create_guest: {
    from: 'nas:import/debian-13-generic-amd64.qcow2',
    name: 'tryout',
    memory_mib: 4_096,
    disk_gib: 32,
    address: '10.30.0.99/24',
    gateway: '10.30.0.1',
    start: true,
  },
  clone_guest: { guest: 'mail', name: 'mail-copy' },
  restore_guest: { guest: 'dock1' },
  migrate_guest: { guest: 'monitoring', node: 'pve3' },
  resize_disk: { guest: 'mail', disk: 'scsi0', gib: 40 },
  rollback_guest: { guest: 'build', archive: 'backup:backup/vm/109/2026-06-01T01:52:00Z' },
  delete_guest: { guest: 'build' },
  exec_guest: { guest: 'dock1', command: ['hostname'] },
  delete_snapshot: { guest: 'paperless', snapshot: 'rackwarden-1' },
}
