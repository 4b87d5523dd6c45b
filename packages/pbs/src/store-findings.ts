import type { Finding } from '@rackwarden/core'
import { targetOf, timeText } from './addresses.ts'
import { daysBetween, gigabytes, sizeText } from './amounts.ts'
import type { FindingContext } from './finding-context.ts'
import { storeFacts, type StoreFacts } from './store-facts.ts'
import { endOf } from './tasks.ts'

const [fullShare, brimmingShare] = [0.85, 0.95]
const [soonDays, nowDays] = [30, 7]
const staleCollectionDays = 7

/** Finds datastores that are full, will be, cannot be read, or whose garbage nobody collects. */
export async function storeFindings({ client, instance, signal, now }: FindingContext): Promise<Finding[]> {
  const { stores } = await storeFacts(client, signal)
  return stores.flatMap((facts) => {
    const target = targetOf(instance, 'datastore', facts.store)
    return [...readable(facts, target), ...space(facts, target), ...garbage(facts, target, now)]
  })
}

const list = { tool: 'list_datastores', input: {} }

function readable({ store, state, isBroken }: StoreFacts, target: string): Finding[] {
  if (state === 'ok') return []
  return [
    {
      id: `${target}#state`,
      severity: isBroken ? 'critical' : 'notice',
      stake: isBroken ? 'data' : 'function',
      target,
      title: isBroken ? `Datastore ${store} cannot be read` : `Datastore ${store} is in ${state.replace(/:.*/, '')}`,
      evidence: state,
      next: list,
    },
  ]
}

function space({ store, share, available = 0, growth }: StoreFacts, target: string): Finding[] {
  if (share === undefined) return []
  const days = growth?.daysUntilFull
  const isFull = share > fullShare
  const isSoon = days !== undefined && days < soonDays
  if (!isFull && !isSoon) return []
  const pace = growth === undefined ? '' : `, ${gigabytes(growth.bytesPerDay)} GB a day over ${growth.days} days`
  return [
    {
      id: `${target}#space`,
      severity: share > brimmingShare || (days !== undefined && days < nowDays) ? 'critical' : 'warning',
      stake: 'data',
      target,
      title: isFull ? `Datastore ${store} is ${Math.floor(share * 100)} % full` : `Datastore ${store} will be full in ${days} days`,
      evidence: `${sizeText(available)} free${pace}${days === undefined ? '' : `, full in ${days} days at that`}`,
      next: list,
    },
  ]
}

function garbage({ store, collection }: StoreFacts, target: string, now: number): Finding[] {
  if (collection === undefined) return []
  const { 'last-run-endtime': end, 'last-run-state': state } = collection
  const error = state === undefined || state === null ? undefined : endOf(state).error
  const next = { tool: 'run_garbage_collection', input: { datastore: store } }
  const about = { id: `${target}#garbage`, severity: 'warning', target, next } as const
  if (end === undefined || end === null)
    // While the first one runs it has a task, and no end.
    return collection.upid === undefined || collection.upid === null
      ? [
          {
            ...about,
            title: `The garbage of ${store} was never collected`,
            evidence: 'what is pruned or deleted frees no space until it is',
          },
        ]
      : []
  const days = daysBetween(end * 1_000, now)
  if (error !== undefined)
    return [{ ...about, title: `The last garbage collection of ${store} failed`, evidence: error, since: timeText(end) }]
  if (days <= staleCollectionDays) return []
  return [
    {
      ...about,
      title: `The garbage of ${store} was not collected for ${days} days`,
      evidence:
        collection.schedule === undefined || collection.schedule === null ? 'it has no schedule' : `its schedule is ${collection.schedule}`,
      since: timeText(end),
    },
  ]
}
