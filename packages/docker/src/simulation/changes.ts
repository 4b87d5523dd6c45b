import { imageMeant } from './engine-answers.ts'
import type { ContainerRecord, SimulatedEngine } from './engine.ts'
import { createExec, startExec } from './exec.ts'
import type { Replier } from './replier.ts'
import type { SimulatedContainer } from './world.ts'

/** A request that changes the engine. */
export interface ChangeRequest {
  method: string
  path: string
  query: URLSearchParams
  body: string
}

/** What makes, names and takes away; starting and stopping is elsewhere. */
export function change(engine: SimulatedEngine, request: ChangeRequest, reply: Replier): Response {
  const { method, path, query } = request
  const [, kind = '', rest = ''] = /^\/([a-z]+)(?:\/(.*))?$/.exec(path) ?? []
  const name = decodeURIComponent(rest.replace(/\/(?:rename|exec|connect|start)$/, ''))
  const action = `${method} ${kind}/${/\/(rename|exec|connect|start)$/.exec(rest)?.[1] ?? (rest === 'create' || rest === 'prune' ? rest : '')}`
  const container = engine.find(name)
  switch (action) {
    case 'POST containers/create':
      return create(engine, query.get('name') ?? '', request.body, reply)
    case 'POST containers/rename':
      return container === undefined ? noContainer(name, reply) : rename(engine, container, query.get('name') ?? '', reply)
    case 'DELETE containers/':
      return container === undefined ? noContainer(name, reply) : remove(engine, container, query, reply)
    case 'POST containers/exec':
      if (container === undefined) return noContainer(name, reply)
      if (container.state !== 'running') return reply.error(409, `Container ${container.id} is not running`)
      return reply.json({ Id: createExec(engine, container, (JSON.parse(request.body) as { Cmd: string[] }).Cmd).id }, 201)
    case 'POST exec/start':
      return startExec(engine, name, reply)
    case 'POST networks/connect':
      return connect(engine, name, request.body, reply)
    case 'DELETE networks/':
      return removeNetwork(engine, name, reply)
    case 'DELETE images/':
      return removeImage(engine, name, reply)
    case 'DELETE volumes/':
      return removeVolume(engine, name, reply)
    case 'POST build/prune':
      return pruneBuildCache(engine, query, reply)
    default:
      return reply.error(404, 'page not found')
  }
}

interface CreateBody {
  Image: string
  Cmd?: string[]
  Env?: string[]
  Labels?: Record<string, string>
  Healthcheck?: { Test: string[] }
  Tty?: boolean
  HostConfig?: {
    NetworkMode?: string
    Binds?: string[]
    Mounts?: { Type: string; Source: string; Target: string; ReadOnly?: boolean }[]
    PortBindings?: Record<string, { HostPort: string }[]>
    RestartPolicy?: { Name: NonNullable<SimulatedContainer['restartPolicy']> }
    Memory?: number
  }
}

function create(engine: SimulatedEngine, name: string, text: string, reply: Replier): Response {
  const body = JSON.parse(text) as CreateBody
  const image = imageMeant(engine, body.Image)
  if (image === undefined) return reply.error(404, `No such image: ${body.Image}`)
  const holder = engine.containers.find(({ given }) => given.name === name)
  if (holder !== undefined) return conflict(name, holder, reply)
  const { HostConfig: host = {} } = body
  // What a container of this name did when started is what one like it does.
  const before = engine.containers.find(({ given }) => given.name.startsWith(`${name}.replaced-`))?.given
  const { NetworkMode: mode = 'bridge', Mounts: mounts = [], PortBindings: bindings = {} } = host
  const made = engine.create({
    ...(before === undefined ? {} : behaviourOf(before)),
    name,
    image,
    network: mode.startsWith('container:') ? `container:${engine.find(mode.slice('container:'.length))?.given.name ?? 'gone'}` : mode,
    ...(body.Cmd === undefined ? {} : { command: body.Cmd }),
    ...(body.Healthcheck === undefined ? {} : { health: 'healthy' as const }),
    environment: Object.fromEntries((body.Env ?? []).map((entry) => [entry.split('=')[0] ?? '', entry.replace(/^[^=]*=/, '')])),
    labels: body.Labels ?? {},
    restartPolicy: host.RestartPolicy?.Name ?? 'no',
    mounts: [
      ...(host.Binds ?? []),
      ...mounts.map(({ Source, Target, ReadOnly }) => `${Source}:${Target}${ReadOnly === true ? ':ro' : ''}`),
    ],
    ports: Object.entries(bindings).flatMap(([inside, ports]) => ports.map(({ HostPort }) => `${HostPort}:${inside.split('/')[0] ?? ''}`)),
    memoryLimitMib: (host.Memory ?? 0) / 1_048_576,
    hasTerminal: body.Tty === true,
  })
  return reply.json({ Id: made.id, Warnings: [] }, 201)
}

function behaviourOf({ onStart, startLog, probe, exitCode, log, commands }: SimulatedContainer): Partial<SimulatedContainer> {
  return Object.fromEntries(
    Object.entries({ onStart, startLog, probe, exitCode, log, commands }).filter(([, value]) => value !== undefined),
  )
}

function rename(engine: SimulatedEngine, container: ContainerRecord, name: string, reply: Replier): Response {
  const holder = engine.containers.find(({ given }) => given.name === name)
  if (holder !== undefined) return conflict(name, holder, reply)
  container.given = { ...container.given, name }
  return reply.empty(204)
}

function remove(engine: SimulatedEngine, container: ContainerRecord, query: URLSearchParams, reply: Replier): Response {
  const isUp = container.state !== 'exited' && container.state !== 'created'
  if (isUp && query.get('force') !== 'true')
    return reply.error(
      409,
      `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
    )
  engine.remove(container)
  return reply.empty(204)
}

function connect(engine: SimulatedEngine, name: string, body: string, reply: Replier): Response {
  const { Container } = JSON.parse(body) as { Container: string }
  const container = engine.find(Container)
  if (container === undefined) return noContainer(Container, reply)
  engine.connect(container, name)
  return reply.empty(200)
}

function removeNetwork(engine: SimulatedEngine, id: string, reply: Replier): Response {
  const network = engine.networks.find((one) => one.id === id || one.name === id)
  if (network === undefined) return reply.error(404, `network ${id} not found`)
  const isUsed = engine.containers.some(({ state, networks }) => state === 'running' && networks.some(({ name }) => name === network.name))
  if (isUsed) return reply.error(403, `error while removing network: network ${network.name} has active endpoints`)
  engine.networks.splice(engine.networks.indexOf(network), 1)
  return reply.empty(204)
}

function removeImage(engine: SimulatedEngine, reference: string, reply: Replier): Response {
  const name = imageMeant(engine, reference)
  if (name === undefined) return reply.error(404, `No such image: ${reference}`)
  const user = engine.containers.find(({ given }) => given.image === name)
  if (user !== undefined)
    return reply.error(
      409,
      `conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using it`,
    )
  engine.images.delete(name)
  return reply.json([{ Untagged: name }])
}

function removeVolume(engine: SimulatedEngine, name: string, reply: Replier): Response {
  if (!engine.volumes.has(name)) return reply.error(404, `get ${name}: no such volume`)
  const user = engine.containers.find(({ given }) => (given.mounts ?? []).some((mount) => mount.startsWith(`${name}:`)))
  if (user !== undefined) return reply.error(409, `remove ${name}: volume is in use - [${user.id}]`)
  engine.volumes.delete(name)
  return reply.empty(204)
}

function pruneBuildCache(engine: SimulatedEngine, query: URLSearchParams, reply: Replier): Response {
  const filters = JSON.parse(query.get('filters') ?? '{}') as { id?: Record<string, boolean> }
  const wanted = filters.id === undefined ? undefined : Object.keys(filters.id)
  const gone = [...engine.buildCache.keys()].filter((id) => wanted === undefined || wanted.includes(id))
  for (const id of gone) engine.buildCache.delete(id)
  return reply.json({ CachesDeleted: gone, SpaceReclaimed: 0 })
}

function conflict(name: string, holder: ContainerRecord, reply: Replier): Response {
  return reply.error(409, `Conflict. The container name "/${name}" is already in use by container "${holder.id}".`)
}

function noContainer(name: string, reply: Replier): Response {
  return reply.error(404, `No such container: ${name}`)
}
