import { ToolError, type FetchOptions, type Simulate, type Simulation } from '@rackwarden/core'
import { detailOf, logOf, statsOf, summaryOf } from './simulation/container-answers.ts'
import { change } from './simulation/changes.ts'
import { buildCacheOf, imageDetailOf, imageMeant, imagesOf, infoOf, networksOf, volumesOf } from './simulation/engine-answers.ts'
import { SimulatedEngine, type ContainerRecord } from './simulation/engine.ts'
import { replierOf, type Replier } from './simulation/replier.ts'
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
      images: [...engine.images.keys()],
      networks: engine.networks.map(({ name }) => name),
      volumes: [...engine.volumes.keys()],
      buildCache: [...engine.buildCache.keys()],
      commands: engine.execs.length,
    }),
  }
}

export default simulate

// Async, so that what goes wrong rejects as it would on the wire.
async function answer(engine: SimulatedEngine, target: string, { method = 'GET', signal, body }: FetchOptions): Promise<Response> {
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
  if (method !== 'GET') return change(engine, { method, path, query: searchParams, body: typeof body === 'string' ? body : '{}' }, reply)
  const [, imageName] = /^\/images\/(.+)\/json$/.exec(path) ?? []
  if (imageName !== undefined) {
    const image = imageMeant(engine, decodeURIComponent(imageName))
    return image === undefined ? reply.error(404, `No such image: ${decodeURIComponent(imageName)}`) : reply.json(imageDetailOf(image))
  }
  const [, execId] = /^\/exec\/([^/]+)\/json$/.exec(path) ?? []
  if (execId !== undefined) {
    const exec = engine.execs.find((one) => one.id === execId)
    return exec === undefined
      ? reply.error(404, `No such exec instance: ${execId}`)
      : reply.json({ ID: exec.id, Running: exec.exitCode === undefined, ExitCode: exec.exitCode ?? 0, ContainerID: exec.container.id })
  }
  switch (path) {
    case '/info':
      return reply.json(infoOf(engine))
    case '/containers/json': {
      const listed = engine.containers.filter(({ state }) => searchParams.get('all') === 'true' || state === 'running')
      return reply.json(listed.map((container) => summaryOf(container, engine, { sizes: searchParams.get('size') === 'true' })))
    }
    case '/images/json':
      return reply.json(imagesOf(engine))
    case '/volumes':
      return reply.json({ Volumes: volumesOf(engine), Warnings: [] })
    case '/networks':
      return reply.json(networksOf(engine))
    case '/system/df':
      return searchParams.get('type') === 'build-cache'
        ? reply.json({ BuildCacheUsage: { Items: buildCacheOf(engine) } })
        : reply.json({ VolumeUsage: { Items: volumesOf(engine, { sizes: true }) } })
    default:
      return reply.error(404, 'page not found')
  }
}

function look(engine: SimulatedEngine, container: ContainerRecord, action: string, query: URLSearchParams, reply: Replier): Response {
  switch (action) {
    case 'json':
      engine.look(container)
      return reply.json(detailOf(container, engine, { sizes: query.get('size') === 'true' }))
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

function isNewer(first: string, second: string): boolean {
  return first.localeCompare(second, 'en', { numeric: true }) > 0
}
