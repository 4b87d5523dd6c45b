import { inParallel, nearestNames, ToolError } from '@rackwarden/core'
import { addressOf, isGroup, isWithin, type Group, type Place, type Scope } from './addresses.ts'
import type { PbsClient } from './client.ts'
import { readUpid } from './upid.ts'

/** All backups of one thing, as far as their list tells without opening any. */
export interface GroupFacts extends Group {
  count: number
  /** When the newest that was finished was begun, in seconds since the epoch; undefined where none was. */
  newest: number | undefined
  owner: string | undefined
}

/** One backup. */
export interface Snapshot extends Group {
  time: number
  /** In bytes; undefined while it is written, or where it never was whole. */
  size: number | undefined
  owner: string | undefined
  comment: string | undefined
  isProtected: boolean
  verification: 'ok' | 'failed' | 'none'
  /** When it was last verified, in seconds since the epoch. */
  verifiedAt: number | undefined
}

/** What was found, and what could not be looked at. */
export interface Found<Item> {
  items: Item[]
  /** A sentence for each place that could not be read. */
  unread: string[]
}

const mostAtOnce = 6
const manifest = 'index.json.blob'

/** Every group in a datastore or namespace and below it, or everywhere. */
export async function groupsIn(client: PbsClient, scope: Scope | undefined, signal: AbortSignal): Promise<Found<GroupFacts>> {
  return inPlaces(client, scope, signal, async (place) => {
    const groups = await client.groups(place, signal)
    return groups
      .map((group) => ({
        ...place,
        kind: group['backup-type'],
        id: group['backup-id'],
        count: group['backup-count'],
        // Of a group that has no finished one the server tells the unfinished.
        newest: group.files !== undefined && !group.files.some((file) => nameOf(file) === manifest) ? undefined : group['last-backup'],
        owner: group.owner ?? undefined,
      }))
      .filter((group) => isMeant(group, scope))
  })
}

/** Every backup in a datastore, namespace or group, or everywhere; the newest of a group first. */
export async function snapshotsIn(client: PbsClient, scope: Scope | undefined, signal: AbortSignal): Promise<Found<Snapshot>> {
  const found = await inPlaces(client, scope, signal, async (place) => {
    const asked = scope !== undefined && isGroup(scope) ? { ...place, kind: scope.kind, id: scope.id } : place
    const snapshots = await client.snapshots(asked, signal)
    return snapshots
      .map((snapshot): Snapshot => {
        const { verification } = snapshot
        return {
          ...place,
          kind: snapshot['backup-type'],
          id: snapshot['backup-id'],
          time: snapshot['backup-time'],
          size: snapshot.size ?? undefined,
          owner: snapshot.owner ?? undefined,
          comment: snapshot.comment ?? undefined,
          isProtected: snapshot.protected,
          verification: verification === undefined || verification === null ? 'none' : verification.state === 'ok' ? 'ok' : 'failed',
          verifiedAt: verification === undefined || verification === null ? undefined : readUpid(verification.upid)?.startedAt,
        }
      })
      .filter((snapshot) => isMeant(snapshot, scope) && (scope?.time === undefined || scope.time === snapshot.time))
  })
  // Named once, and not at every comparison: there may be tens of thousands.
  const groups = [...byGroup(found.items)].toSorted(([first], [second]) => (first < second ? -1 : 1))
  return { ...found, items: groups.flatMap(([, own]) => own.toSorted((first, second) => second.time - first.time)) }
}

/** The same, and refused where a scope names what is not there. */
export async function requireSnapshots(client: PbsClient, scope: Scope, signal: AbortSignal): Promise<Snapshot[]> {
  const { items, unread } = await snapshotsIn(client, scope, signal)
  // What is to be changed is seen whole, or not touched.
  if (unread.length > 0)
    throw new ToolError('forbidden', `Not all of ${addressOf(scope)} can be seen: ${unread.join('; ')}`, {
      hint: 'Narrow to what can be seen, or give the token the right to see the rest.',
    })
  if (items.length > 0 || !isGroup(scope)) return items
  const { store, namespace, time, kind, id } = scope
  const near = await snapshotsIn(client, time === undefined ? { store, namespace: '' } : { store, namespace, kind, id }, signal)
  const names = [...new Set(near.items.map((one) => (time === undefined ? groupKey(one) : addressOf(one))))]
  const written = addressOf(scope)
  const hint = time === undefined ? nearestNames(written, names) : names.slice(0, 3)
  throw new ToolError('not_found', `There is no backup ${written}.`, {
    hint: hint.length === 0 ? 'list_backups tells what there is.' : `Is it ${hint.join(' or ')}?`,
  })
}

/** Backups by their group, each newest first. */
export function byGroup<Item extends Group>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = groupKey(item)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [item])
    else known.push(item)
  }
  return groups
}

/** The address of the group something is of. */
export function groupKey({ store, namespace, kind, id }: Group): string {
  return addressOf({ store, namespace, kind, id })
}

/** The namespaces to look at; a name that is not there is refused with the nearest. */
async function placesIn(client: PbsClient, scope: Scope | undefined, signal: AbortSignal): Promise<Found<Place>> {
  const known = await client.datastores(signal)
  const stores = known.filter(({ store }) => scope === undefined || scope.store === store)
  if (scope !== undefined && stores.length === 0)
    throw unknown(
      'datastore',
      scope.store,
      known.map(({ store }) => store),
    )
  const unread: string[] = []
  const places = await inParallel(stores, mostAtOnce, async ({ store }) => {
    try {
      const namespaces = await client.namespaces(store, signal)
      const wanted = namespaces.filter((namespace) =>
        scope === undefined ? true : isGroup(scope) ? namespace === scope.namespace : isWithin(namespace, scope.namespace),
      )
      if (wanted.length === 0 && scope !== undefined) throw unknown('namespace', scope.namespace, namespaces)
      return wanted.map((namespace) => ({ store, namespace }))
    } catch (error) {
      if (!isUnreadable(error) || scope !== undefined) throw error
      unread.push(`${store}: ${error.message}`)
      return []
    }
  })
  return { items: places.flat(), unread }
}

async function inPlaces<Item>(
  client: PbsClient,
  scope: Scope | undefined,
  signal: AbortSignal,
  read: (place: Place) => Promise<Item[]>,
): Promise<Found<Item>> {
  const { items: places, unread } = await placesIn(client, scope, signal)
  const items = await inParallel(places, mostAtOnce, async (place) => {
    try {
      return await read(place)
    } catch (error) {
      if (!isUnreadable(error) || (scope !== undefined && places.length === 1)) throw error
      unread.push(`${addressOf(place)}: ${error.message}`)
      return []
    }
  })
  return { items: items.flat(), unread }
}

/** One that is offline, or not for this token, must not hide the others. */
function isUnreadable(error: unknown): error is ToolError {
  return ToolError.isInstance(error) && ['forbidden', 'conflict', 'upstream'].includes(error.code)
}

function isMeant(group: Group, scope: Scope | undefined): boolean {
  return scope === undefined || !isGroup(scope) || (group.kind === scope.kind && group.id === scope.id)
}

function unknown(what: string, name: string, names: readonly string[]): ToolError {
  const near = nearestNames(name, names)
  const all = names.map((one) => (one === '' ? '(root)' : one)).join(', ')
  const seen = all === '' ? `This token sees no ${what}; get_status tells what it lacks.` : `There are: ${all}.`
  return new ToolError('not_found', `There is no ${what} '${name}'.`, { hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : seen })
}

function nameOf(file: unknown): unknown {
  return typeof file === 'object' && file !== null && 'filename' in file ? file.filename : file
}
