import type { CreateRequest } from './engine-writes.ts'
import type { ImageDetail, WholeContainer } from './engine-schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** The request that makes a container anew, and the networks it joins before it starts. */
export interface Recreation {
  request: CreateRequest
  networks: { name: string; endpoint: Fields }[]
}

/** What the new container is made of besides the old one's own configuration. */
export interface Successor {
  /** What the old one was made of. */
  old: ImageDetail | undefined
  /** What the new one is made of, and what it is called. */
  image: { id: string; name: string }
  /** Name of the engine's host: a container in its network is not given it as its own. */
  host: string
}

/** Makes the request out of everything the engine says of a container. */
export function recreationOf(whole: WholeContainer, { old, image, host }: Successor): Recreation {
  const { Config, HostConfig } = whole
  const mode = HostConfig.NetworkMode
  const isOther = mode.startsWith('container:')
  const [primary, ...others] = endpointsOf(whole)
  const own = image.id === whole.Image ? Config : withoutImageDefaults(Config, old?.Config ?? {})
  const { Hostname, Domainname, ExposedPorts, ...rest } = own
  // Such a name comes with the id, or with the network of another.
  const isGiven = Hostname !== whole.Id.slice(0, 12) && !isOther && !(mode === 'host' && Hostname === host)
  return {
    request: {
      ...rest,
      ...(isGiven && Hostname !== undefined ? { Hostname, Domainname } : {}),
      ...(isOther || ExposedPorts === undefined ? {} : { ExposedPorts }),
      Image: image.name,
      ...(image.id === whole.Image ? {} : { Labels: withImageLabel(own['Labels'], image.id) }),
      HostConfig: {
        ...HostConfig,
        Binds: bindsOf(whole),
        Mounts: mountsOf(whole),
        Links: linksOf(HostConfig['Links']),
      },
      ...(primary === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [primary.name]: primary.endpoint } } }),
    },
    networks: others,
  }
}

/** Leaves out what the old image gave, so that the new one gives its own. */
function withoutImageDefaults(config: WholeContainer['Config'], defaults: Fields): WholeContainer['Config'] {
  const same = (field: string) => JSON.stringify(config[field] ?? null) === JSON.stringify(defaults[field] ?? null)
  const dropped = ['WorkingDir', 'User', 'Healthcheck', 'StopSignal', 'Shell', 'OnBuild'].filter(same)
  // An entrypoint of its own makes the command its own, too.
  if (same('Entrypoint')) dropped.push('Entrypoint', ...(same('Cmd') ? ['Cmd'] : []))
  const kept = Object.fromEntries(Object.entries(config).filter(([field]) => !dropped.includes(field)))
  const given = (field: string) => (config[field] ?? {}) as Fields
  const inherited = (field: string) => (defaults[field] ?? {}) as Fields
  const without = (field: string) =>
    Object.fromEntries(
      Object.entries(given(field)).filter(([key, value]) => JSON.stringify(inherited(field)[key]) !== JSON.stringify(value)),
    )
  const variables = (config['Env'] ?? []) as readonly string[]
  const inheritedVariables = new Set((defaults['Env'] ?? []) as readonly string[])
  return {
    ...kept,
    Image: config.Image,
    Env: variables.filter((entry) => !inheritedVariables.has(entry)),
    Labels: without('Labels'),
    ExposedPorts: without('ExposedPorts'),
    Volumes: without('Volumes'),
  }
}

/** Compose goes by this label to tell whether a container is of the image it should be of. */
function withImageLabel(labels: unknown, id: string): Fields {
  const name = 'com.docker.compose.image'
  const given = (labels ?? {}) as Fields
  return name in given ? { ...given, [name]: id } : given
}

function bindsOf({ HostConfig, Mounts }: WholeContainer): string[] {
  const binds = (HostConfig['Binds'] ?? []) as readonly string[]
  const named = new Set([...binds.map((bind) => bind.split(':')[1]), ...mountsIn(HostConfig).map(({ Target }) => Target)])
  // Made without a name, a volume is found again by the one the engine gave it.
  const unnamed = Mounts.filter(({ Type, Name, Destination }) => Type === 'volume' && Name !== '' && !named.has(Destination))
  return [...binds, ...unnamed.map(({ Name, Destination, RW }) => `${Name}:${Destination}${RW === false ? ':ro' : ''}`)]
}

function mountsOf({ HostConfig, Mounts }: WholeContainer): Fields[] {
  return mountsIn(HostConfig).map((mount) => {
    const made = Mounts.find(({ Destination }) => Destination === mount.Target)
    return mount['Type'] === 'volume' && !mount['Source'] && made !== undefined ? { ...mount, Source: made.Name } : mount
  })
}

function mountsIn(hostConfig: Fields): (Fields & { Target?: unknown })[] {
  return (hostConfig['Mounts'] ?? []) as (Fields & { Target?: unknown })[]
}

// Told as `/other:/own/alias`, asked for as `other:alias`.
function linksOf(links: unknown): string[] {
  return ((links ?? []) as readonly string[]).map((link) => {
    const [other = '', alias = ''] = link.split(':')
    return `${other.replace(/^\//, '')}:${alias.split('/').at(-1) ?? ''}`
  })
}

/** The networks of a container, the one it begins in first; with what was asked for there, not with what came of it. */
function endpointsOf({ Id, Config, HostConfig, NetworkSettings }: WholeContainer): Recreation['networks'] {
  const mode = HostConfig.NetworkMode
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return []
  const first = mode === 'default' ? 'bridge' : mode
  return Object.entries(NetworkSettings.Networks)
    .toSorted(([name, { NetworkID }], [other, { NetworkID: otherId }]) => rank(name, NetworkID) - rank(other, otherId))
    .map(([name, endpoint]) => ({
      name,
      endpoint: {
        IPAMConfig: endpoint['IPAMConfig'] ?? undefined,
        Links: endpoint['Links'] ?? undefined,
        Aliases: ((endpoint['Aliases'] ?? []) as readonly string[]).filter((alias) => alias !== Id.slice(0, 12)),
        DriverOpts: endpoint['DriverOpts'] ?? undefined,
        ...(endpoint['GwPriority'] === undefined ? {} : { GwPriority: endpoint['GwPriority'] }),
        ...(chosenAddress(endpoint, Config) === undefined ? {} : { MacAddress: chosenAddress(endpoint, Config) }),
      },
    }))

  function rank(name: string, id: string): number {
    return name === first || id === first ? 0 : 1
  }
}

// A hardware address the engine chose is that of the address it went with, and chosen anew.
function chosenAddress(endpoint: Fields, config: Fields): string | undefined {
  const address = endpoint['MacAddress']
  return typeof address === 'string' && address !== '' && address === config['MacAddress'] ? address : undefined
}
