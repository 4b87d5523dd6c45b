import { idOf, type ContainerRecord, type SimulatedEngine, type SimulatedLine } from './engine.ts'

const mebibyte = 1_048_576
const never = '0001-01-01T00:00:00Z'

const time = (at: number) => (at === 0 ? never : new Date(at).toISOString().replace('Z', '000000Z'))

/** One row of `GET /containers/json`. */
export function summaryOf(container: ContainerRecord, engine: SimulatedEngine, { sizes = false } = {}) {
  const { given } = container
  return {
    Id: container.id,
    Names: [`/${given.name}`],
    Image: given.image,
    ImageID: `sha256:${idOf(`image/${given.image}`)}`,
    Command: (given.command ?? ['/entrypoint']).join(' '),
    Created: Math.floor(container.createdAt / 1000),
    Ports: (given.ports ?? []).map((port) => {
      const [outside = '', inside = ''] = port.split(':')
      return { IP: '0.0.0.0', PrivatePort: Number(inside), PublicPort: Number(outside), Type: 'tcp' }
    }),
    Labels: labelsOf(container),
    ...(sizes ? { SizeRw: container.written } : {}),
    State: container.state,
    Status: statusOf(container, engine.now),
    HostConfig: { NetworkMode: networkModeOf(container, engine) },
    NetworkSettings: { Networks: networksOf(container, engine) },
    Mounts: mountsOf(container),
    Health: { Status: container.health, FailingStreak: container.health === 'unhealthy' ? 3 : 0 },
  }
}

/** `GET /containers/{id}/json`. */
export function detailOf(container: ContainerRecord, engine: SimulatedEngine, { sizes = false } = {}) {
  const { given } = container
  const [path = '/entrypoint', ...args] = given.command ?? []
  return {
    Id: container.id,
    Created: time(container.createdAt),
    Path: path,
    Args: args,
    State: {
      Status: container.state,
      Running: container.state !== 'exited' && container.state !== 'created',
      Paused: container.state === 'paused',
      Restarting: container.state === 'restarting',
      OOMKilled: given.outOfMemory === true && container.state !== 'running',
      Dead: false,
      Pid: container.state === 'running' ? 4200 : 0,
      ExitCode: container.exitCode,
      Error: container.state === 'running' ? '' : (given.error ?? ''),
      StartedAt: time(container.startedAt),
      FinishedAt: time(container.finishedAt),
      ...(container.health === 'none' ? {} : { Health: healthOf(container, engine.now) }),
    },
    Image: `sha256:${idOf(`image/${given.image}`)}`,
    Name: `/${given.name}`,
    RestartCount: container.restarts,
    ...(sizes ? { SizeRw: container.written, SizeRootFs: container.written } : {}),
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: {
      NetworkMode: networkModeOf(container, engine),
      RestartPolicy: { Name: given.restartPolicy ?? 'unless-stopped', MaximumRetryCount: 0 },
      AutoRemove: given.isRemovedAtEnd === true,
      Memory: (given.memoryLimitMib ?? 0) * mebibyte,
      Binds: [...(given.mounts ?? [])],
      PortBindings: portsOf(given),
    },
    Mounts: mountsOf(container),
    Config: {
      Hostname: container.id.slice(0, 12),
      Tty: given.hasTerminal === true,
      Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...given.environment }).map(([name, value]) => `${name}=${value}`),
      ...(given.command === undefined ? {} : { Cmd: given.command }),
      Image: given.image,
      Labels: labelsOf(container),
      ...(given.health === undefined ? {} : { Healthcheck: { Test: ['CMD', '/healthcheck'], Interval: 30_000_000_000 } }),
    },
    NetworkSettings: {
      Ports: portsOf(given),
      Networks: networksOf(container, engine),
    },
  }
}

/** `GET /containers/{id}/stats`; without the sample before where only one was asked for. */
export function statsOf({ id, given, state, startedAt }: ContainerRecord, engine: SimulatedEngine, isOne: boolean) {
  const none = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 } }
  const about = { id, name: `/${given.name}`, os_type: 'linux' }
  if (state !== 'running') return { ...about, cpu_stats: none, precpu_stats: none, memory_stats: {}, pids_stats: {} }
  const { cpus, memoryGib } = engine.world
  const second = cpus * 1_000_000_000
  const uptime = Math.max(1, Math.floor((engine.now - startedAt) / 1000))
  const used = Math.round(((given.cpuPercent ?? 0.1) / 100) * 1_000_000_000)
  const sample = (seconds: number) => ({
    cpu_usage: { total_usage: used * seconds, usage_in_kernelmode: 0, usage_in_usermode: used * seconds },
    system_cpu_usage: second * seconds,
    online_cpus: cpus,
  })
  const cache = 8 * mebibyte
  return {
    ...about,
    read: time(engine.now),
    cpu_stats: sample(uptime + 1),
    precpu_stats: isOne ? none : sample(uptime),
    memory_stats: {
      usage: (given.memoryMib ?? 16) * mebibyte + cache,
      limit: given.memoryLimitMib === undefined ? memoryGib * 1024 * mebibyte : given.memoryLimitMib * mebibyte,
      stats: { inactive_file: cache },
    },
    pids_stats: { current: 5 },
    networks: { eth0: { rx_bytes: uptime * 900, tx_bytes: uptime * 400 } },
  }
}

/** `GET /containers/{id}/logs`: framed as the engine does, or plain where there is a terminal. */
export function logOf(container: ContainerRecord, query: URLSearchParams): Uint8Array {
  const since = Number(query.get('since') ?? 0) * 1000
  const tail = query.get('tail') ?? 'all'
  const wanted = container.log.filter(({ stream, at }) => query.get(stream) === 'true' && at >= since)
  const lines = tail === 'all' ? wanted : wanted.slice(Math.max(0, wanted.length - Number(tail)))
  const hasTimes = query.get('timestamps') === 'true'
  return Buffer.concat(lines.map((line) => frame(line, hasTimes, container.given.hasTerminal === true)))
}

function frame({ stream, at, text }: SimulatedLine, hasTimes: boolean, isPlain: boolean): Buffer {
  const payload = Buffer.from(`${hasTimes ? `${time(at)} ` : ''}${text}${isPlain ? '\r\n' : '\n'}`)
  if (isPlain) return payload
  const header = Buffer.alloc(8)
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0)
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

function portsOf({ ports = [] }: ContainerRecord['given']) {
  return Object.fromEntries(
    ports.map((port) => {
      const [outside = '', inside = ''] = port.split(':')
      return [`${inside}/tcp`, [{ HostIp: '0.0.0.0', HostPort: outside }]]
    }),
  )
}

function healthOf({ health, given, startedAt }: ContainerRecord, now: number) {
  const isBad = health === 'unhealthy'
  const probe = (secondsAgo: number) => ({
    Start: time(now - secondsAgo * 1000),
    End: time(now - secondsAgo * 1000 + 50),
    ExitCode: isBad ? 1 : 0,
    Output: isBad ? (given.probe ?? 'not well') : 'ok',
  })
  const probes = [900, 600, 300, 0].filter((secondsAgo) => now - secondsAgo * 1000 > startedAt)
  return { Status: health, FailingStreak: isBad ? probes.length : 0, Log: health === 'starting' ? [] : probes.map(probe) }
}

function labelsOf({ given }: ContainerRecord): Record<string, string> {
  if (given.project === undefined) return { ...given.labels }
  const service = given.service ?? given.name.replace(`${given.project}-`, '').replace(/-1$/, '')
  return {
    'com.docker.compose.project': given.project,
    'com.docker.compose.service': service,
    ...(given.dependsOn === undefined
      ? {}
      : { 'com.docker.compose.depends_on': given.dependsOn.map((other) => `${other}:service_started:false`).join(',') }),
    ...given.labels,
  }
}

function networkModeOf({ given }: ContainerRecord, engine: SimulatedEngine): string {
  if (given.network?.startsWith('container:') !== true)
    return given.network ?? (given.project === undefined ? 'bridge' : `${given.project}_default`)
  return `container:${engine.find(given.network.slice('container:'.length))?.id ?? 'gone'}`
}

function networksOf({ networks, state, id, given }: ContainerRecord, engine: SimulatedEngine) {
  const isOn = state === 'running' || state === 'paused'
  return Object.fromEntries(
    networks.map(({ name, address, mac }) => {
      const network = engine.networks.find((other) => other.name === name)
      return [
        name,
        {
          Aliases: given.project === undefined ? [] : [given.name],
          NetworkID: network?.id ?? '',
          EndpointID: isOn ? idOf(`endpoint/${id}`) : '',
          Gateway: isOn ? (network?.gateway ?? '') : '',
          IPAddress: isOn ? address : '',
          IPPrefixLen: isOn && address !== '' ? 16 : 0,
          MacAddress: isOn ? mac : '',
        },
      ]
    }),
  )
}

function mountsOf({ given }: ContainerRecord) {
  return (given.mounts ?? []).map((mount) => {
    const [source = '', path = '', mode = 'rw'] = mount.split(':')
    const common = { Destination: path, Mode: mode, RW: mode !== 'ro' }
    return source.startsWith('/')
      ? { Type: 'bind', Source: source, ...common }
      : { Type: 'volume', Name: source, Source: `/var/lib/docker/volumes/${source}/_data`, Driver: 'local', ...common }
  })
}

function statusOf({ state, health, exitCode, startedAt, finishedAt }: ContainerRecord, now: number): string {
  if (state === 'created') return 'Created'
  if (state === 'exited') return `Exited (${exitCode}) ${span(now - finishedAt)} ago`
  if (state === 'restarting') return `Restarting (${exitCode}) ${span(now - finishedAt)} ago`
  if (state === 'paused') return `Up ${span(now - startedAt)} (Paused)`
  const verdict = health === 'none' ? '' : health === 'starting' ? ' (health: starting)' : ` (${health})`
  return `Up ${span(now - startedAt)}${verdict}`
}

function span(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 1) return 'Less than a second'
  const [amount, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [seconds / 60, 'minute']
        : seconds < 172_800
          ? [seconds / 3600, 'hour']
          : [seconds / 86_400, 'day']
  const whole = Math.floor(amount)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}
