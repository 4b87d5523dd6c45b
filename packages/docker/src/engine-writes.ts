import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { diskUsage } from './disk-usage.ts'
import type { EngineCalls } from './engine-calls.ts'
import { buildCacheUsage, wholeContainer, type WholeContainer } from './engine-schema.ts'

/** Body of a request that makes a container. */
export type CreateRequest = Record<string, unknown>

const created = z.object({ Id: z.string() })
const slowMs = 120_000

/** What of an engine is changed for good. */
export function writesOf({ api, at }: EngineCalls) {
  const container = (id: string) => `/containers/${encodeURIComponent(id)}`

  async function send(method: 'POST' | 'DELETE', path: string, signal: AbortSignal, query: Record<string, string> = {}): Promise<void> {
    const response = await api.request(await at(path, signal), { method, query, signal, timeoutMs: slowMs })
    await response.body?.cancel()
  }

  return {
    /** A container with every field, to make another like it. */
    whole: async (id: string, signal: AbortSignal): Promise<WholeContainer> =>
      api.get(await at(`${container(id)}/json`, signal), { schema: wholeContainer, signal }),

    /** Bytes of what a container wrote beside its volumes; the engine walks its files for it. */
    async writableBytes(id: string, signal: AbortSignal): Promise<number | undefined> {
      const schema = z.object({ SizeRw: z.number().nullish() })
      const { SizeRw } = await api.get(await at(`${container(id)}/json`, signal), {
        schema,
        query: { size: 'true' },
        signal,
        timeoutMs: 40_000,
      })
      return SizeRw ?? undefined
    },

    /** The same of every container, by id. */
    async containerSizes(signal: AbortSignal): Promise<Map<string, number>> {
      const schema = z.array(z.object({ Id: z.string(), SizeRw: z.number().nullish() }))
      const query = { all: 'true', size: 'true' }
      const rows = await api.get(await at('/containers/json', signal), { schema, query, signal, timeoutMs: 40_000 })
      return new Map(rows.map(({ Id, SizeRw }) => [Id, SizeRw ?? 0]))
    },

    async create(name: string, body: CreateRequest, signal: AbortSignal): Promise<string> {
      const { Id } = await api.post(await at('/containers/create', signal), {
        schema: created,
        query: { name },
        body,
        signal,
        timeoutMs: slowMs,
      })
      return Id
    },

    rename: (id: string, name: string, signal: AbortSignal) => send('POST', `${container(id)}/rename`, signal, { name }),

    /** Deletes a container; one that is gone, or going, is what was wanted. */
    async remove(
      id: string,
      { force = false, volumes = false }: { force?: boolean; volumes?: boolean },
      signal: AbortSignal,
    ): Promise<void> {
      try {
        await send('DELETE', container(id), signal, { force: String(force), v: String(volumes) })
      } catch (error) {
        if (ToolError.isInstance(error) && (error.code === 'not_found' || error.message.includes('already in progress'))) return
        throw error
      }
    },

    async connectNetwork(network: string, id: string, endpoint: unknown, signal: AbortSignal): Promise<void> {
      const path = await at(`/networks/${encodeURIComponent(network)}/connect`, signal)
      await api.post(path, { body: { Container: id, EndpointConfig: endpoint }, signal })
    },

    /** Takes one name from an image; with its last name the image goes. */
    removeImage: (name: string, signal: AbortSignal) => send('DELETE', `/images/${encodeURIComponent(name)}`, signal),
    removeNetwork: (id: string, signal: AbortSignal) => send('DELETE', `/networks/${encodeURIComponent(id)}`, signal),
    removeVolume: (name: string, signal: AbortSignal) => send('DELETE', `/volumes/${encodeURIComponent(name)}`, signal),

    /** The build cache record by record. */
    async buildCache(signal: AbortSignal) {
      const usage = await diskUsage({ api, at }, 'build-cache', buildCacheUsage, signal)
      return usage.BuildCacheUsage?.Items ?? usage.BuildCache
    },
    /** Removes one record of the build cache; there is no call that names one but a filter. */
    removeBuildCache: (id: string, signal: AbortSignal) =>
      send('POST', '/build/prune', signal, { all: 'true', filters: JSON.stringify({ id: { [id]: true } }) }),
  }
}
