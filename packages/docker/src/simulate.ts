import { ToolError, type FetchOptions, type Simulate, type Simulation } from '@rackwarden/core'
import { detailOf, logOf, statsOf, summaryOf } from './simulation/container-answers.ts'
import { imagesOf, infoOf, networksOf, volumesOf } from './simulation/engine-answers.ts'
import { SimulatedEngine, type ContainerRecord } from './simulation/engine.ts'
import { defaultWorld, type DockerWorld } from './simulation/world.ts'

/** Makes a pretend Docker engine; its time passes with what is asked of it, never by itself. */
const simulate: Simulate = (world): Simulation => {
  const engine = new SimulatedEngine((world as DockerWorld | undefined) ?? defaultWorld)
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated Docker engine is only reached over HTTP.', { hint: 'Use fetch.' }))
  return {
    config: { url: 'http://docker.simulated' },
    connection: {
      fetch: (target, options = {}) => answer(engine, target, options),
      exec: refuse,
      dial: refuse,
    },
    snapshot: () => ({
      containers: engine.containers.map(({ given, state, health }) => ({
        name: given.name,
        state,
        health: state === 'running' ? health : 'none',
      })),
    }),
  }
}

export default simulate

// Async, so that what goes wrong rejects as it would on the wire.
async function answer(engine: SimulatedEngine, target: string, { method = 'GET', signal }: FetchOptions): Promise<Response> {
  signal?.throwIfAborted()
  const { pathname, searchParams } = new URL(target, 'http://docker.simulated')
  const [, version, path = pathname] = /^\/v(\d+\.\d+)(\/.*)$/.exec(pathname) ?? []
  const reply = replierOf(engine)
  if (path === '/_ping') return reply.text('OK')
  if (version !== undefined && isNewer(version, engine.world.apiVersion))
    return reply.error(400, `client version ${version} is too new. Maximum supported API version is ${engine.world.apiVersion}`)
  const [, id, action] = /^\/containers\/([^/]+)\/(json|logs|stats|start|stop|restart)$/.exec(path) ?? []
  if (id !== undefined && action !== undefined) {
    const container = engine.find(decodeURIComponent(id))
    if (container === undefined) return reply.error(404, `No such container: ${decodeURIComponent(id)}`)
    return method === 'POST' ? act(engine, container, action, reply) : look(engine, container, action, searchParams, reply)
  }
  if (method !== 'GET') return reply.error(404, 'page not found')
  switch (path) {
    case '/info':
      return reply.json(infoOf(engine))
    case '/containers/json': {
      const listed = engine.containers.filter(({ state }) => searchParams.get('all') === 'true' || state === 'running')
      return reply.json(listed.map((container) => summaryOf(container, engine)))
    }
    case '/images/json':
      return reply.json(imagesOf(engine))
    case '/volumes':
      return reply.json({ Volumes: volumesOf(engine), Warnings: [] })
    case '/networks':
      return reply.json(networksOf(engine))
    case '/system/df':
      return reply.json({ VolumeUsage: { Items: volumesOf(engine, { sizes: true }) } })
    default:
      return reply.error(404, 'page not found')
  }
}

function look(engine: SimulatedEngine, container: ContainerRecord, action: string, query: URLSearchParams, reply: Replier): Response {
  switch (action) {
    case 'json':
      engine.look(container)
      return reply.json(detailOf(container, engine))
    case 'stats':
      return reply.json(statsOf(container, engine, query.get('one-shot') === 'true'))
    case 'logs':
      return query.get('stdout') === 'true' || query.get('stderr') === 'true'
        ? reply.bytes(logOf(container, query), container.given.hasTerminal === true)
        : reply.error(400, 'Bad parameters: you must choose at least one stream')
    default:
      return reply.error(404, 'page not found')
  }
}

function act(engine: SimulatedEngine, container: ContainerRecord, action: string, reply: Replier): Response {
  const isUp = container.state !== 'exited' && container.state !== 'created'
  switch (action) {
    case 'start':
      if (container.state === 'paused') return reply.error(409, 'cannot start a paused container, try unpause instead')
      if (isUp) return reply.empty(304)
      engine.start(container)
      return reply.empty(204)
    case 'stop':
      if (!isUp) return reply.empty(304)
      engine.stop(container)
      return reply.empty(204)
    case 'restart':
      engine.start(container)
      return reply.empty(204)
    default:
      return reply.error(404, 'page not found')
  }
}

type Replier = ReturnType<typeof replierOf>

function replierOf({ world, now }: SimulatedEngine) {
  const headers = (type: string) => ({ 'api-version': world.apiVersion, date: new Date(now).toUTCString(), 'content-type': type })
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: headers('application/json') })
  return {
    json: (body: unknown) => json(body),
    error: (status: number, message: string) => json({ message }, status),
    text: (body: string) => new Response(body, { headers: headers('text/plain; charset=utf-8') }),
    bytes: (body: Uint8Array, isPlain: boolean) =>
      new Response(body, { headers: headers(`application/vnd.docker.${isPlain ? 'raw' : 'multiplexed'}-stream`) }),
    empty: (status: 204 | 304) => new Response(null, { status, headers: headers('text/plain') }),
  }
}

function isNewer(first: string, second: string): boolean {
  return first.localeCompare(second, 'en', { numeric: true }) > 0
}
