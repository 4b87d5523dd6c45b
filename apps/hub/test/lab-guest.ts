import type { Connection, Simulation } from '@rackwarden/core'
import linux, { type LinuxWorld } from '@rackwarden/linux'
import type { Lab } from '@rackwarden/simlab'

/** The virtual machine `build` of the pretend cluster, as somebody sees it who is logged in. */
const world: LinuxWorld = {
  hosts: {
    build: {
      hostname: 'build',
      board: 'QEMU Standard PC',
      virtualization: 'kvm',
      interfaces: [{ name: 'ens18', mac: 'bc:24:11:00:06:e0', addresses: ['192.168.10.30/24'] }],
      gateway: '192.168.10.1',
      updates: ['docker-ce 5:29.4.0-1 5:30.0.1-1', 'containerd.io 2.3.1-1 2.4.0-1', 'openssl 3.5.1-1 3.5.1-2 security'],
      commands: { 'docker info': { stdout: 'Server Version: 29.4.0\n' } },
      units: [{ name: 'ssh.service', aliases: ['sshd.service'] }, { name: 'docker.service' }],
    },
    nas: {
      hostname: 'nas',
      interfaces: [{ name: 'eno1', mac: '3c:ec:ef:10:20:30', addresses: ['192.168.10.10/24'] }],
      gateway: '192.168.10.1',
      updates: ['openssl 3.5.1-1 3.5.1-2 security'],
      units: [{ name: 'ssh.service' }],
    },
  },
}

/**
 * A lab whose hosts are that machine and one that is no guest. What the cluster rolls back is rolled back inside: it was written to
 * behind the snapshot alone, so that it is then as it was in the beginning.
 */
export async function hostsWithGuest(lab: Lab): Promise<Simulation> {
  const cluster = await lab.simulationOf('proxmox')
  const { default: simulate } = await linux.simulate()
  let inside = await simulate(world)
  let seen = rollbacksIn(cluster)
  const { config, connection } = partOf(inside, 'build')
  const rolled: Connection = {
    ...connection,
    exec: async (argv, options) => {
      const now = rollbacksIn(cluster)
      if (now !== seen) [inside, seen] = [await simulate(world), now]
      return partOf(inside, 'build').connection.exec(argv, options)
    },
  }
  return { ...inside, instances: { ...inside.instances, build: { config, connection: rolled } } }
}

function partOf({ instances = {} }: Simulation, name: string): { config: Record<string, unknown>; connection: Connection } {
  const { config, connection } = instances[name] ?? {}
  if (config === undefined || connection === undefined) throw new TypeError(`There is no pretend host '${name}'.`)
  return { config, connection }
}

function rollbacksIn(cluster: Simulation | undefined): number {
  const { tasks } = (cluster?.snapshot() ?? { tasks: [] }) as { tasks: string[] }
  return tasks.filter((task) => task.includes(':qmrollback:110:') && task.endsWith(' OK')).length
}
