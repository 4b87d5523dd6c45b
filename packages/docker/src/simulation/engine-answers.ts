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
export function imagesOf({ images, containers, now }: SimulatedEngine) {
  return [...images].map(([name, megabytes]) => ({
    Id: imageId(name),
    ParentId: '',
    RepoTags: tagsOf(name),
    RepoDigests: tagsOf(name).map((tag) => `${tag.replace(/:[^:/]*$/, '')}@sha256:${idOf(`digest/${tag}`)}`),
    Created: Math.floor((now - (10 + (megabytes % 90)) * day) / 1000),
    Size: Math.round(megabytes * 1_000_000),
    SharedSize: -1,
    Labels: {},
    Containers: containers.filter(({ given }) => given.image === name).length,
  }))
}

/** The name of the image that is meant by a name or an id. */
export function imageMeant({ images }: SimulatedEngine, reference: string): string | undefined {
  return [...images.keys()].find((name) => [name, imageId(name), imageId(name).slice('sha256:'.length)].includes(reference))
}

/** `GET /images/{name}/json`. */
export function imageDetailOf(name: string) {
  return { Id: imageId(name), RepoTags: tagsOf(name), Config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Labels: {} } }
}

function imageId(name: string): string {
  return `sha256:${idOf(`image/${name}`)}`
}

function tagsOf(name: string): string[] {
  return name.startsWith('<none>') ? [] : [name]
}

/** `GET /volumes`; with sizes as `GET /system/df` gives them. */
export function volumesOf(engine: SimulatedEngine, { sizes = false } = {}) {
  const projects = new Set(engine.containers.map(({ given }) => given.project))
  return [...engine.volumes].map(([name, megabytes]) => {
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

/** The build cache as `GET /system/df` gives it. */
export function buildCacheOf({ buildCache }: SimulatedEngine) {
  return [...buildCache].map(([id, megabytes]) => ({
    ID: id,
    Type: 'regular',
    Description: 'mount / from exec /bin/sh -c make',
    InUse: false,
    Shared: false,
    Size: megabytes * 1_000_000,
  }))
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
