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
  audit_backups: {},
  list_snapshots: { guest: 'git.lab.lan' },
  get_task: { upid },
  start_guest: { guest: 'build' },
  shutdown_guest: { guest: 'mail' },
  stop_guest: { guest: 'loki' },
  restart_guest: { guest: 'grafana' },
  create_snapshot: { guest: 'dock1', note: 'before the upgrade' },
  backup_guest: { guest: 'wiki' },
  rollback_snapshot: { guest: 'paperless', snapshot: 'rackwarden-1' },
  delete_snapshot: { guest: 'paperless', snapshot: 'rackwarden-1' },
}
