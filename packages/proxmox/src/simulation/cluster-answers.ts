import type { GuestRecord, SimulatedCluster } from './cluster.ts'
import { permissionsOf } from './rights.ts'
import { may, need, Refused, steady, type Answer, type Asked } from './replies.ts'
import { usedBytes } from './storage-answers.ts'

const gibibyte = 1024 ** 3

/** What is asked of the cluster as a whole. */
export const clusterAnswers: Readonly<Record<string, Answer>> = {
  'GET /version': ({ cluster }) =>
    cluster.release >= 9
      ? { version: '9.1.4', release: '9.1', repoid: '8d7e2c5a1b3f4e60' }
      : { version: '8.4.14', release: '8.4', repoid: '0a1b2c3d4e5f6071' },
  'GET /access/permissions': ({ token }) => permissionsOf(token),
  'GET /cluster/status': (asked) => {
    need(asked, '/', 'Sys.Audit')
    const { world } = asked.cluster
    const members = Object.entries(world.nodes).map(([name, { address, offline }], index) => ({
      id: `node/${name}`,
      type: 'node',
      name,
      ip: address,
      nodeid: index + 1,
      online: offline === true ? 0 : 1,
      local: index === 0 ? 1 : 0,
      level: '',
    }))
    if (world.name === undefined) return members
    const whole = {
      id: 'cluster',
      type: 'cluster',
      name: world.name,
      nodes: members.length,
      quorate: world.quorate === false ? 0 : 1,
      version: 7,
    }
    return [whole, ...members]
  },
  'GET /cluster/resources': (asked) => {
    const wanted = asked.fields.get('type')
    const rows = [
      ...(wanted === null || wanted === 'vm' ? guestRows(asked) : []),
      ...(wanted === null || wanted === 'node' ? nodeRows(asked) : []),
      ...(wanted === null || wanted === 'storage' ? storageRows(asked) : []),
    ]
    return rows
  },
  'GET /cluster/ha/resources': (asked) => {
    need(asked, '/', 'Sys.Audit')
    return [...asked.cluster.haStates].map(([id, state]) => {
      const guest = asked.cluster.guests.get(id)
      const group = asked.cluster.release < 9 ? guest?.given.haGroup : undefined
      return {
        sid: sidOf(guest, id),
        type: guest?.kind === 'lxc' ? 'ct' : 'vm',
        state,
        ...(group === undefined ? {} : { group }),
        max_restart: 1,
        max_relocate: 1,
        digest: 'c0ffee',
      }
    })
  },
  // Groups became rules with 9.
  'GET /cluster/ha/rules': (asked) => {
    need(asked, '/', 'Sys.Audit')
    if (asked.cluster.release < 9) throw new Refused(501, "Method 'GET /cluster/ha/rules' not implemented")
    return (asked.cluster.world.haRules ?? []).map((rule, index) => ({ ...rule, order: index, digest: 'c0ffee' }))
  },
  'GET /cluster/ha/status/current': (asked) => {
    need(asked, '/', 'Sys.Audit')
    const { cluster } = asked
    const [first = 'pve'] = Object.keys(cluster.world.nodes)
    return [
      { id: 'quorum', type: 'quorum', node: first, quorate: cluster.world.quorate === false ? 0 : 1, status: 'OK' },
      { id: 'master', type: 'master', node: first, status: `${first} (active)`, timestamp: cluster.now },
      ...[...cluster.haStates].map(([id, state]) => {
        const guest = cluster.guests.get(id)
        const sid = sidOf(guest, id)
        return {
          id: `service:${sid}`,
          type: 'service',
          sid,
          node: guest?.node ?? first,
          state,
          status: `${sid} (${guest?.node ?? first}, ${state})`,
        }
      }),
    ]
  },
  'GET /cluster/replication': (asked) =>
    replicationOf(asked.cluster)
      .filter(({ guest }) => may(asked, `/vms/${guest}`, 'VM.Audit'))
      .map(({ guest, target, source, schedule, id, jobnum }) => ({ id, guest, jobnum, type: 'local', source, target, schedule })),
  'GET /cluster/backup': (asked) => {
    need(asked, '/', 'Sys.Audit')
    return (asked.cluster.world.jobs ?? []).map(({ id, schedule, storage, all, guests, disabled }) => ({
      id,
      type: 'vzdump',
      schedule,
      storage,
      enabled: disabled === true ? 0 : 1,
      mode: 'snapshot',
      ...(all === true ? { all: 1 } : { vmid: (guests ?? []).join(',') }),
    }))
  },
  'GET /cluster/backup-info/not-backed-up': (asked) => {
    need(asked, '/', 'Sys.Audit')
    const { cluster } = asked
    // A job that is disabled covers its guests all the same, as far as this list goes.
    const jobs = cluster.world.jobs ?? []
    const covered = (id: number) => jobs.some(({ all, guests }) => all === true || guests?.includes(id) === true)
    return [...cluster.guests.values()]
      .filter(({ id }) => !covered(id) && may(asked, `/vms/${id}`, 'VM.Audit'))
      .map(({ id, name, kind }) => ({ vmid: id, name, type: kind }))
  },
  'GET /cluster/ceph/status': (asked) => {
    need(asked, '/', 'Sys.Audit', 'Datastore.Audit')
    const { ceph } = asked.cluster.world
    if (ceph === undefined) throw new Refused(500, 'binary not installed: /usr/bin/ceph-mon')
    const checks = Object.entries(ceph.checks ?? {}).map(([name, message]) => [
      name,
      { severity: ceph.status, summary: { message, count: 1 }, muted: false },
    ])
    return { health: { status: ceph.status, checks: Object.fromEntries(checks) as unknown, mutes: [] } }
  },
}

function sidOf(guest: GuestRecord | undefined, id: number): string {
  return `${guest?.kind === 'lxc' ? 'ct' : 'vm'}:${id}`
}

/** Replication jobs with what became of them last. */
export function replicationOf(cluster: SimulatedCluster) {
  return (cluster.world.replication ?? []).map((job, index) => ({
    schedule: '*/15',
    ...job,
    id: `${job.guest}-${index}`,
    jobnum: index,
    source: cluster.guests.get(job.guest)?.node ?? '',
    type: 'local',
  }))
}

/** Whether what a node knows of itself reaches the others. */
function tells({ world }: SimulatedCluster, node: string): boolean {
  return world.nodes[node]?.offline !== true
}

function guestRows(asked: Asked): unknown[] {
  const { cluster } = asked
  return [...cluster.guests.values()]
    .filter(({ id }) => may(asked, `/vms/${id}`, 'VM.Audit'))
    .map((guest) => {
      const { id, name, kind, node, given } = guest
      const isTold = tells(cluster, node)
      const isRunning = isTold && guest.status === 'running'
      const memory = (given.memoryMib ?? 2_048) * 1024 ** 2
      const ha = cluster.haStates.get(id)
      return {
        id: `${kind}/${id}`,
        type: kind,
        vmid: id,
        name,
        node,
        status: isTold ? guest.status : 'unknown',
        template: given.template === true ? 1 : 0,
        ...(given.tags === undefined ? {} : { tags: given.tags }),
        ...(given.pool === undefined ? {} : { pool: given.pool }),
        ...(guest.lock === undefined ? {} : { lock: guest.lock }),
        ...(ha === undefined ? {} : { hastate: ha }),
        maxcpu: given.cores ?? 2,
        maxmem: memory,
        maxdisk: (given.diskGib ?? 16) * gibibyte,
        disk: kind === 'lxc' ? Math.round((given.diskGib ?? 16) * gibibyte * steady(name, 0.2, 0.7)) : 0,
        mem: isRunning ? Math.round(memory * steady(name, 0.2, 0.9)) : 0,
        cpu: isRunning ? Math.round(steady(name, 0, 0.5) * 1_000) / 1_000 : 0,
        uptime: isRunning ? cluster.now - guest.startedAt : 0,
        ...(isTold ? { netin: 1_024, netout: 2_048, diskread: 0, diskwrite: 0 } : {}),
      }
    })
}

function nodeRows(asked: Asked): unknown[] {
  const { cluster } = asked
  return Object.entries(cluster.world.nodes).map(([name, given]) => {
    const base = { id: `node/${name}`, type: 'node', node: name, level: '', 'cgroup-mode': 2 }
    // Whoever may not look at a node is told that there is one.
    if (!may(asked, `/nodes/${name}`, 'Sys.Audit')) return { ...base, status: given.offline === true ? 'offline' : 'online' }
    if (given.offline === true) return { ...base, status: 'offline', maxcpu: given.cpus, maxmem: given.memoryGib * gibibyte }
    return {
      ...base,
      status: 'online',
      cpu: Math.round((given.load ?? 0.5) * (1_000 / given.cpus)) / 1_000,
      maxcpu: given.cpus,
      mem: Math.round((given.memoryUsedGib ?? given.memoryGib * 0.5) * gibibyte),
      maxmem: given.memoryGib * gibibyte,
      disk: Math.round(((given.rootUsedPercent ?? 30) / 100) * 96 * gibibyte),
      maxdisk: 96 * gibibyte,
      uptime: Math.round((given.upDays ?? 40) * 86_400),
    }
  })
}

function storageRows(asked: Asked): unknown[] {
  const { cluster } = asked
  return Object.entries(cluster.world.nodes).flatMap(([node, { offline }]) =>
    Object.entries(cluster.world.storages)
      .filter(
        ([name, { nodes }]) =>
          (nodes === undefined || nodes.includes(node)) && may(asked, `/storage/${name}`, 'Datastore.Audit', 'Datastore.AllocateSpace'),
      )
      .map(([name, given]) => ({
        id: `storage/${node}/${name}`,
        type: 'storage',
        storage: name,
        node,
        plugintype: given.type,
        content: given.content,
        shared: given.shared === true ? 1 : 0,
        status: offline === true ? 'unknown' : given.unavailable === true ? 'unavailable' : 'available',
        ...(offline === true || given.unavailable === true
          ? { disk: 0, maxdisk: 0 }
          : { disk: usedBytes(given), maxdisk: given.gib * gibibyte }),
      })),
  )
}
