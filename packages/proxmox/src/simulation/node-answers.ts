import { replicationOf } from './cluster-answers.ts'
import { may, need, type Answer } from './replies.ts'
import type { SimulatedNode } from './world.ts'

const gibibyte = 1024 ** 3
const services = [
  'chrony',
  'corosync',
  'cron',
  'pve-cluster',
  'pve-firewall',
  'pve-ha-crm',
  'pve-ha-lrm',
  'pvedaemon',
  'pveproxy',
  'pvescheduler',
  'pvestatd',
  'spiceproxy',
  'sshd',
]
const usualKernel = '6.17.4-1-pve'

/** What is asked of a node. */
export const nodeAnswers: Readonly<Record<string, Answer>> = {
  'GET /nodes/{node}/status': (asked) => {
    const given = nodeIn(asked)
    const used = Math.round((given.memoryUsedGib ?? given.memoryGib * 0.5) * gibibyte)
    const total = given.memoryGib * gibibyte
    const root = { total: 96 * gibibyte, used: Math.round((given.rootUsedPercent ?? 30) * 0.96 * gibibyte) }
    const load = given.load ?? 0.5
    const release = given.kernel ?? usualKernel
    return {
      uptime: Math.round((given.upDays ?? 40) * 86_400),
      cpu: Math.round((load / given.cpus) * 1_000) / 1_000,
      // Text, though they are numbers.
      loadavg: [load, load * 0.9, load * 0.8].map((value) => value.toFixed(2)),
      memory: { total, used, free: total - used, available: total - used },
      rootfs: { ...root, free: root.total - root.used, avail: root.total - root.used },
      pveversion: asked.cluster.release >= 9 ? 'pve-manager/9.1.4/8d7e2c5a1b3f4e60' : 'pve-manager/8.4.14/0a1b2c3d4e5f6071',
      cpuinfo: { cpus: given.cpus, cores: given.cpus / 2, sockets: 1, model: '13th Gen Intel(R) Core(TM) i5-13500' },
      'current-kernel': { sysname: 'Linux', release, version: '#1 SMP PREEMPT_DYNAMIC', machine: 'x86_64' },
      'boot-info': { mode: 'efi', secureboot: 0 },
    }
  },
  'GET /nodes/{node}/time': (asked) => {
    const time = asked.cluster.now + (nodeIn(asked).clockAhead ?? 0)
    return { time, localtime: time + 7_200, timezone: 'Europe/Berlin' }
  },
  'GET /nodes/{node}/services': (asked) => {
    const failed = nodeIn(asked).failed ?? []
    return [...new Set([...services, ...failed])].map((service) => {
      const isFailed = failed.includes(service)
      return {
        service,
        name: service,
        desc: `${service} daemon`,
        state: isFailed ? 'failed' : 'running',
        'active-state': isFailed ? 'failed' : 'active',
        'unit-state': 'enabled',
      }
    })
  },
  'GET /nodes/{node}/disks/list': (asked) =>
    (nodeIn(asked).disks ?? []).map(({ device, model, gib, type, health = 'PASSED', lifeLeft, used }, index) => ({
      devpath: device,
      model,
      serial: `SIM${index}${device.replaceAll('/', '')}`,
      vendor: 'ATA',
      type,
      size: gib * gibibyte,
      health,
      wearout: lifeLeft ?? 'N/A',
      rpm: type === 'hdd' ? 7_200 : 0,
      gpt: 1,
      mounted: 0,
      osdid: -1,
      'osdid-list': [],
      ...(used === undefined ? {} : { used }),
      wwn: `0x500000000000000${index}`,
    })),
  'GET /nodes/{node}/apt/update': (asked) => {
    need(asked, `/nodes/${asked.parts[0]}`, 'Sys.Modify')
    return (nodeIn(asked, false).updates ?? []).map((name) => ({
      Package: name,
      Title: name,
      Arch: 'amd64',
      Description: name,
      Version: '9.1.5',
      OldVersion: '9.1.4',
      Origin: 'Proxmox',
      Priority: 'optional',
      Section: 'admin',
    }))
  },
  'GET /nodes/{node}/apt/versions': (asked) => {
    const { kernel = usualKernel, newerKernel } = nodeIn(asked)
    const row = (name: string, more: Record<string, string> = {}) => ({
      Package: name,
      Title: name,
      Arch: 'amd64',
      Description: name,
      Version: '9.1.4',
      OldVersion: '9.1.4',
      Origin: 'Proxmox',
      Priority: 'optional',
      Section: 'admin',
      CurrentState: 'Installed',
      ...more,
    })
    return [
      row('proxmox-ve', { RunningKernel: kernel }),
      row('pve-manager', { ManagerVersion: '9.1.4' }),
      ...[kernel, newerKernel].flatMap((release) => (release === undefined ? [] : [row(`proxmox-kernel-${release}-signed`)])),
    ]
  },
  'GET /nodes/{node}/certificates/info': (asked) => {
    const given = nodeIn(asked, false)
    const [node = ''] = asked.parts
    const base = {
      issuer: '/CN=Proxmox Virtual Environment',
      'public-key-type': 'rsaEncryption',
      notbefore: asked.cluster.now - 86_400 * 300,
    }
    return [
      {
        ...base,
        filename: 'pve-root-ca.pem',
        subject: '/CN=Proxmox Virtual Environment',
        notafter: asked.cluster.now + 86_400 * 3_000,
        'public-key-bits': 4_096,
        san: [],
      },
      {
        ...base,
        filename: 'pve-ssl.pem',
        subject: `/CN=${node}.lan`,
        notafter: asked.cluster.now + Math.round(86_400 * (given.certificateDays ?? 400)),
        'public-key-bits': 2_048,
        san: [node],
        ...(given.fingerprint === undefined ? {} : { fingerprint: given.fingerprint }),
      },
    ]
  },
  'GET /nodes/{node}/replication': (asked) => {
    const [node = ''] = asked.parts
    return replicationOf(asked.cluster)
      .filter(({ source, guest }) => source === node && may(asked, `/vms/${guest}`, 'VM.Audit'))
      .map(({ id, guest, jobnum, source, target, schedule, minutesAgo = 4, failures = 0, error }) => ({
        id,
        guest: String(guest),
        jobnum,
        type: 'local',
        vmtype: asked.cluster.guests.get(guest)?.kind ?? 'qemu',
        source,
        target,
        schedule,
        last_sync: asked.cluster.now - minutesAgo * 60,
        last_try: asked.cluster.now - 60,
        next_sync: asked.cluster.now + 600,
        duration: 2.5,
        fail_count: failures,
        ...(error === undefined ? {} : { error }),
      }))
  },
}

function nodeIn(asked: Parameters<Answer>[0], isAudited = true): SimulatedNode {
  const [name = ''] = asked.parts
  if (isAudited) need(asked, `/nodes/${name}`, 'Sys.Audit')
  return asked.cluster.world.nodes[name] as SimulatedNode
}
