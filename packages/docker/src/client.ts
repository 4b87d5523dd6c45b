import { createApiClient, httpConfig, inParallel, sshConfig, ToolError, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { oneLine } from './container-facts.ts'
import type { ContainerDetail, ImageDetail } from './engine-schema.ts'
import { demultiplex, logLines, type LogLine, type LogStream } from './log-frames.ts'
import { ownContainerIds, type OwnIds } from './own-container.ts'

/** What has to be known of an engine to reach it. */
export const config = {
  ...httpConfig,
  ...sshConfig,
  containerSecrets: z
    .string()
    .optional()
    .describe('Values create_container may give to containers: env:NAME and file:/path, comma-separated; a * at the end is any text.'),
  url: z
    .string()
    .describe('Address of the engine: unix:///var/run/docker.sock, ssh://user@host, tcp://host:2376, or http(s)://host.')
    .meta({ env: ['DOCKER_HOST'] }),
  // What the Docker CLI reads for an engine behind TLS: one directory, three files of fixed names.
  tlsCa: httpConfig.tlsCa.meta({ env: ['DOCKER_CERT_PATH/ca.pem'] }),
  tlsCertificate: httpConfig.tlsCertificate.meta({ env: ['DOCKER_CERT_PATH/cert.pem'] }),
  tlsKey: httpConfig.tlsKey.meta({ env: ['DOCKER_CERT_PATH/key.pem'] }),
}

// The newest version this client was held against; an engine that is older is spoken to in its own.
const newestVersion = '1.56'
const defaultStopSeconds = 10
// A container may be given all the time it likes; we do not wait that long.
const endlessStopSeconds = 600
const parallelRequests = 8

/** How much of a log is wanted. */
export interface LogRequest {
  tail: number
  /** Seconds since the epoch. */
  since?: number | undefined
  streams?: readonly LogStream[]
}

/** What one engine is asked. */
export interface DockerClient extends Awaited<ReturnType<typeof connect>> {}

/** Makes the client of one engine; the API version is agreed on with the first request. */
export async function connect(given: ConfigOf<typeof config>, connection: Connection, own: OwnIds = ownContainerIds) {
  // What an engine answers with, and how it is changed, is not needed to list the tools.
  const [schemas, { writesOf }, { execIn }, { diskUsage }] = await Promise.all([
    import('./engine-schema.ts'),
    import('./engine-writes.ts'),
    import('./exec-stream.ts'),
    import('./disk-usage.ts'),
  ])
  const api = createApiClient(connection, { name: 'Docker' })
  let agreed: Promise<string> | undefined
  let ownIds: Promise<readonly string[]> | undefined

  async function negotiate(signal: AbortSignal): Promise<string> {
    const response = await api.request('/_ping', { signal, maxBytes: 65_536 })
    const offered = response.headers.get('api-version')
    await response.body?.cancel()
    if (offered === null || !/^\d+\.\d+$/.test(offered))
      throw new ToolError('upstream', 'What answers there is not a Docker engine: it names no API version.', {
        hint: 'Check that the address is that of the engine itself, not of a web page in front of it.',
      })
    return older(offered, newestVersion)
  }

  async function versionOf(signal: AbortSignal): Promise<string> {
    const isOurs = agreed === undefined
    const negotiation = (agreed ??= negotiate(signal))
    try {
      return await negotiation
    } catch (error) {
      if (agreed === negotiation) agreed = undefined
      // Whoever was first may have given up; that is no answer for the others.
      if (isOurs || signal.aborted || ToolError.isInstance(error)) throw error
      return versionOf(signal)
    }
  }

  const at = async (path: string, signal: AbortSignal) => `/v${await versionOf(signal)}${path}`
  const container = (id: string, action: string) => `/containers/${encodeURIComponent(id)}/${action}`

  async function get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
    query: Record<string, string> = {},
  ): Promise<z.output<Schema>> {
    return api.get(await at(path, signal), { schema, query, signal })
  }

  async function act(id: string, action: string, signal: AbortSignal, timeoutMs: number): Promise<void> {
    const response = await api.request(await at(container(id, action), signal), { method: 'POST', signal, timeoutMs })
    await response.body?.cancel()
  }

  const inspect = (id: string, signal: AbortSignal): Promise<ContainerDetail> => get(container(id, 'json'), schemas.containerDetail, signal)

  /** Looks at many, a few at a time; what went away meanwhile is left out. */
  async function each<Result>(ids: readonly string[], look: (id: string) => Promise<Result>): Promise<Result[]> {
    const found = await inParallel(ids, parallelRequests, async (id) => {
      try {
        return [await look(id)]
      } catch (error) {
        if (ToolError.isInstance(error) && error.code === 'not_found') return []
        throw error
      }
    })
    return found.flat()
  }

  async function actInOrder(id: string, action: 'stop' | 'restart', signal: AbortSignal): Promise<void> {
    // The engine answers once the container is down, which its own stop timeout bounds.
    const { Config } = await inspect(id, signal)
    const seconds = Config.StopTimeout ?? defaultStopSeconds
    await act(id, action, signal, ((seconds < 0 ? endlessStopSeconds : seconds) + 20) * 1000)
  }

  async function logs({ Id, Config }: ContainerDetail, request: LogRequest, signal: AbortSignal): Promise<LogLine[]> {
    const streams = request.streams ?? ['stdout', 'stderr']
    const query = {
      stdout: String(streams.includes('stdout')),
      stderr: String(streams.includes('stderr')),
      tail: String(request.tail),
      timestamps: 'true',
      ...(request.since === undefined ? {} : { since: String(request.since) }),
    }
    const response = await api.request(await at(container(Id, 'logs'), signal), { query, signal, maxBytes: 32 * 1024 * 1024 })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return logLines(Config.Tty === true ? [{ stream: 'stdout', bytes }] : demultiplex([bytes]))
  }

  return {
    ...writesOf({ api, at }),
    exec: execIn({ api, at }),

    /** Ids the container of this process may have; read once. */
    ownIds: () => (ownIds ??= own()),
    /** Whether paths of the engine's host are paths of this machine. */
    isLocal: /^unix:/i.test(given.url ?? ''),
    /** What may be lent to containers. */
    containerSecrets: (given.containerSecrets ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),

    apiVersion: versionOf,
    info: (signal: AbortSignal) => get('/info', schemas.systemInfo, signal),
    containers: (signal: AbortSignal) => get('/containers/json', z.array(schemas.containerSummary), signal, { all: 'true' }),
    inspect,
    inspectAll: (ids: readonly string[], signal: AbortSignal) => each(ids, (id) => inspect(id, signal)),
    each,
    /** An image by name or id; nothing where the engine has it not. */
    async image(name: string, signal: AbortSignal): Promise<ImageDetail | undefined> {
      try {
        return await get(`/images/${encodeURIComponent(name)}/json`, schemas.imageDetail, signal)
      } catch (error) {
        if (ToolError.isInstance(error) && error.code === 'not_found') return undefined
        throw error
      }
    },
    images: (signal: AbortSignal) => get('/images/json', z.array(schemas.imageSummary), signal),
    volumes: async (signal: AbortSignal) => (await get('/volumes', schemas.volumeList, signal)).Volumes,
    networks: (signal: AbortSignal) => get('/networks', z.array(schemas.networkSummary), signal),

    /** One sample with the one before it; `once` leaves the one before out and answers at once. */
    stats: (id: string, signal: AbortSignal, { once = false } = {}) =>
      get(container(id, 'stats'), schemas.containerStats, signal, { stream: 'false', ...(once ? { 'one-shot': 'true' } : {}) }),

    /** Bytes of each volume by name; the engine walks every file for it. */
    async volumeSizes(signal: AbortSignal): Promise<Map<string, number>> {
      const usage = await diskUsage({ api, at }, 'volume', schemas.volumeUsage, signal)
      const volumes = usage.VolumeUsage?.Items ?? usage.Volumes
      return new Map(volumes.flatMap(({ Name, UsageData }) => (UsageData == null || UsageData.Size < 0 ? [] : [[Name, UsageData.Size]])))
    },

    logs,

    /** The last thing a container said that is not blank; nothing where its log cannot be read. */
    async lastLine(detail: ContainerDetail, signal: AbortSignal): Promise<string> {
      try {
        const lines = await logs(detail, { tail: 5 }, signal)
        return oneLine(lines.findLast(({ text }) => text.trim() !== '')?.text ?? '')
      } catch (error) {
        // A logging driver that only sends away is no reason to fail what was asked.
        if (ToolError.isInstance(error) && error.code === 'upstream') return ''
        throw error
      }
    },

    /** The time on the engine's own clock, in milliseconds since the epoch; nothing where a proxy hides it. */
    async now(signal: AbortSignal): Promise<number | undefined> {
      const response = await api.request('/_ping', { signal, maxBytes: 65_536 })
      await response.body?.cancel()
      const time = Date.parse(response.headers.get('date') ?? '')
      return Number.isNaN(time) ? undefined : time
    },

    start: (id: string, signal: AbortSignal) => act(id, 'start', signal, 60_000),
    stop: (id: string, signal: AbortSignal) => actInOrder(id, 'stop', signal),
    restart: (id: string, signal: AbortSignal) => actInOrder(id, 'restart', signal),
  }
}

function older(first: string, second: string): string {
  const [firstMajor = 0, firstMinor = 0] = first.split('.').map(Number)
  const [secondMajor = 0, secondMinor = 0] = second.split('.').map(Number)
  return firstMajor < secondMajor || (firstMajor === secondMajor && firstMinor <= secondMinor) ? first : second
}
