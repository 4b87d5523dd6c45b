import { idOf, type SimulatedEngine } from './engine.ts'

const day = 86_400_000

/** `GET /info`. */
export function infoOf({ world, containers }: SimulatedEngine) {
  const count = (state: string) => containers.filter((container) => container.state === state).length
  return {
    ID: 'SIMU:LATE:D000',
    Name: world.host,
    Containers: containers.length,
    ContainersRunning: count('running') + count('restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('exited') + count('created'),
    ServerVersion: world.version,
    OperatingSystem: 'Debian GNU/Linux 13 (trixie)',
    OSType: 'linux',
    NCPU: world.cpus,
    MemTotal: world.memoryGib * 1024 ** 3,
  }
}

/** `GET /images/json`. */
export function imagesOf({ world, containers, now }: SimulatedEngine) {
  const sizes: Record<string, number> = Object.fromEntries(containers.map(({ given }) => [given.image, sizeOf(given.image)]))
  return Object.entries({ ...sizes, ...world.images }).map(([name, megabytes]) => ({
    Id: `sha256:${idOf(`image/${name}`)}`,
    ParentId: '',
    RepoTags: name.startsWith('<none>') ? [] : [name],
    RepoDigests: name.startsWith('<none>') ? [] : [`${name.replace(/:[^:/]*$/, '')}@sha256:${idOf(`digest/${name}`)}`],
    Created: Math.floor((now - (10 + (megabytes % 90)) * day) / 1000),
    Size: Math.round(megabytes * 1_000_000),
    SharedSize: -1,
    Labels: {},
    Containers: containers.filter(({ given }) => given.image === name).length,
  }))
}

function volumesWithSizes({ world, containers }: SimulatedEngine): [string, number][] {
  const mounted = containers.flatMap(({ given }) => (given.mounts ?? []).map((mount) => mount.split(':')[0] ?? ''))
  const sizes = Object.fromEntries(mounted.filter((name) => !name.startsWith('/')).map((name) => [name, sizeOf(name)]))
  return Object.entries({ ...sizes, ...world.volumes })
}

/** `GET /volumes`; with sizes as `GET /system/df` gives them. */
export function volumesOf(engine: SimulatedEngine, { sizes = false } = {}) {
  const projects = new Set(engine.containers.map(({ given }) => given.project))
  return volumesWithSizes(engine).map(([name, megabytes]) => {
    const project = name.split('_')[0] ?? ''
    return {
      Name: name,
      Driver: 'local',
      Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
      CreatedAt: new Date(engine.now - (100 + (megabytes % 200)) * day).toISOString(),
      Labels: projects.has(project) ? { 'com.docker.compose.project': project } : {},
      Scope: 'local',
      Options: {},
      ...(sizes ? { UsageData: { Size: Math.round(megabytes * 1_000_000), RefCount: -1 } } : {}),
    }
  })
}

/** `GET /networks`. */
export function networksOf({ networks, now }: SimulatedEngine) {
  return networks.map(({ id, name, driver, subnet, gateway }) => ({
    Name: name,
    Id: id,
    Created: new Date(now - 300 * day).toISOString(),
    Scope: 'local',
    Driver: driver,
    IPAM: { Driver: 'default', Config: subnet === '' ? [] : [{ Subnet: subnet, Gateway: gateway }] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    Options: {},
    Labels: {},
  }))
}

// Made up, but the same each time.
function sizeOf(name: string): number {
  return 20 + (Number.parseInt(idOf(name).slice(0, 4), 16) % 900)
}
