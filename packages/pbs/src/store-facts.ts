import type { Collection, Usage } from './backup-schema.ts'
import type { PbsClient } from './client.ts'
import { growthOf, type Growth } from './growth.ts'
import { ifTold } from './rights.ts'

/** A datastore as it stands. */
export interface StoreFacts {
  store: string
  comment: string | undefined
  /** `ok`, or why it is not at hand. */
  state: string
  /** True where something is wrong with it; maintenance is somebody's will. */
  isBroken: boolean
  total: number | undefined
  used: number | undefined
  available: number | undefined
  /** Share of what can be used, 0 to 1. */
  share: number | undefined
  growth: Growth | undefined
  /** How many times over what is stored would be without deduplication. */
  deduplication: number | undefined
  collection: Collection | undefined
}

/** Every datastore its token sees, with the time on the server's clock. */
export async function storeFacts(client: PbsClient, signal: AbortSignal): Promise<{ stores: StoreFacts[]; now: number }> {
  const [stores, usages, collections] = await Promise.all([
    client.datastores(signal),
    client.usages(signal),
    ifTold(client.collections(signal)),
  ])
  const now = client.now()
  return {
    now,
    stores: stores.map(({ store, comment, maintenance, 'mount-status': mount }) => {
      const usage = usages.find((one) => one.store === store)
      const collection = collections?.find((one) => one.store === store)
      const why = maintenanceText(maintenance) ?? (mount === 'notmounted' ? 'not mounted' : undefined)
      const error = why === undefined ? (usage?.error ?? undefined) : undefined
      return {
        store,
        comment: comment ?? undefined,
        state: why ?? (error === undefined ? 'ok' : `error: ${error}`),
        isBroken: error !== undefined,
        ...spaceOf(usage),
        growth: usage === undefined ? undefined : growthOf(usage, now),
        deduplication: deduplicationOf(usage),
        collection,
      }
    }),
  }
}

/** What the server itself counts as full: what is used of what is used and free; some of a disk is neither. */
function spaceOf(usage: Usage | undefined): Pick<StoreFacts, 'total' | 'used' | 'available' | 'share'> {
  const [total, used, available] = [usage?.total ?? undefined, usage?.used ?? undefined, usage?.avail ?? undefined]
  const usable = used === undefined || available === undefined ? total : used + available
  return { total, used, available, share: used === undefined || usable === undefined || usable === 0 ? undefined : used / usable }
}

function deduplicationOf(usage: Usage | undefined): number | undefined {
  const { 'index-data-bytes': data = 0, 'disk-bytes': disk = 0 } = usage?.['gc-status'] ?? {}
  return disk === 0 ? undefined : Math.round((data / disk) * 10) / 10
}

/** `type=offline,message=moving` in words; undefined where there is no maintenance. */
export function maintenanceText(text: string | null | undefined): string | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const parts = text.split(',').map((part) => part.split('='))
  const type = parts.find(([key]) => key === 'type')?.[1] ?? parts.find((part) => part.length === 1)?.[0] ?? text
  const message = /(?:^|,)message=(?:"([^"]*)"|(.*))$/.exec(text)
  const said = message?.[1] ?? message?.[2]
  return `maintenance: ${type}${said === undefined ? '' : ` (${said})`}`
}
