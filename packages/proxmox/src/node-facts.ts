import { attempt, type Attempt } from './attempt.ts'
import type { ProxmoxClient } from './client.ts'
import type { ReplicationStatus } from './cluster-schema.ts'
import type { Certificate, Disk, Installed, NodeStatus, TaskRow, Unit, Update } from './node-schema.ts'
import type { Node } from './resources.ts'

/** What one node says of itself; what it did not tell, or may not be asked, is missing and named. */
export interface NodeFacts {
  node: Node
  status?: NodeStatus
  /** Its clock, in seconds since the epoch, and half of what asking took. */
  clock?: { seconds: number; blurSeconds: number; zone: string | undefined; askedAtMs: number }
  units?: readonly Unit[]
  disks?: readonly Disk[]
  updates?: readonly Update[]
  installed?: readonly Installed[]
  certificates?: readonly Certificate[]
  replication?: readonly ReplicationStatus[]
  /** Tasks that failed in the last day. */
  failures?: readonly TaskRow[]
  /** `part: why`. */
  unread: readonly string[]
  /** True where it did not answer in time at all. */
  isSilent: boolean
}

/** Reads everything one node tells, at once; a part that hangs costs the limit and nothing else. */
export async function factsOf(
  client: ProxmoxClient,
  node: Node,
  signal: AbortSignal,
  { limitMs, now }: { limitMs: number; now: number },
): Promise<NodeFacts> {
  const unread: string[] = []
  let late = 0
  let told = 0
  if (!node.isOnline) return { node, unread: [], isSilent: false }
  const part = async <Value>(name: string, ask: (own: AbortSignal) => Promise<Value>): Promise<Value | undefined> => {
    const { value, problem }: Attempt<Value> = await attempt(limitMs, signal, ask)
    if (problem === undefined) told += 1
    else {
      unread.push(`${name}: ${problem.message}`)
      if (problem.code === 'timeout' || problem.code === 'unreachable') late += 1
    }
    return value
  }
  const since = Math.floor(now / 1_000) - 86_400
  const [status, clock, units, disks, updates, installed, certificates, replication, failures] = await Promise.all([
    part('status', async (own) => client.nodeStatus(node.name, own)),
    part('clock', async (own) => clockOf(client, node.name, own)),
    part('services', async (own) => client.units(node.name, own)),
    part('disks', async (own) => client.disks(node.name, own)),
    part('updates', async (own) => client.updates(node.name, own)),
    part('packages', async (own) => client.installed(node.name, own)),
    part('certificates', async (own) => client.certificates(node.name, own)),
    part('replication', async (own) => client.replication(node.name, own)),
    part('tasks', async (own) => client.tasks.of(node.name, own, { errors: true, since, limit: 200 })),
  ])
  const found = { status, clock, units, disks, updates, installed, certificates, replication, failures }
  const known = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Partial<NodeFacts>
  return { node, ...known, unread, isSilent: told === 0 && late > 0 }
}

async function clockOf(client: ProxmoxClient, node: string, signal: AbortSignal) {
  const before = performance.now()
  const { time, timezone } = await client.nodeTime(node, signal)
  const after = performance.now()
  return { seconds: time, zone: timezone, blurSeconds: (after - before) / 2_000, askedAtMs: (before + after) / 2 }
}

/** Seconds each clock is ahead of the middle one, as far as that can be told; one clock alone is ahead of none. */
export function driftsOf(facts: readonly NodeFacts[]): ReadonlyMap<string, number> {
  const clocks = facts.flatMap(({ node, clock }) =>
    clock === undefined ? [] : [{ name: node.name, offset: clock.seconds - clock.askedAtMs / 1_000, blur: clock.blurSeconds }],
  )
  const sorted = clocks.map(({ offset }) => offset).toSorted((first, second) => first - second)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  if (middle === undefined || clocks.length < 2) return new Map()
  return new Map(
    clocks.map(({ name, offset, blur }) => {
      const away = offset - middle
      // A clock tells whole seconds, and the answer was under way for a while.
      const certain = Math.max(0, Math.abs(away) - blur - 1)
      return [name, Math.round(Math.sign(away) * certain) + 0]
    }),
  )
}

/** The kernel that runs and the newest that is installed; nothing where they are the same, or not told. */
export function waitingKernel({ status, installed }: NodeFacts): { running: string; newest: string } | undefined {
  const running = status?.['current-kernel']?.release ?? installed?.find(({ RunningKernel }) => RunningKernel !== undefined)?.RunningKernel
  const releases = (installed ?? []).flatMap(({ Package, CurrentState }) => {
    const release = /^(?:proxmox|pve)-kernel-(\d+\.\d+\.\d+-\d+-pve)(?:-signed)?$/.exec(Package)?.[1]
    return release === undefined || (CurrentState !== undefined && CurrentState !== 'Installed') ? [] : [release]
  })
  const newest = releases.toSorted(byRelease).at(-1)
  return running === undefined || newest === undefined || byRelease(running, newest) >= 0 ? undefined : { running, newest }
}

function byRelease(first: string, second: string): number {
  const [left, right] = [first, second].map((release) => (release.match(/\d+/g) ?? []).map(Number))
  for (const [index, value] of (left ?? []).entries()) {
    const difference = value - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Units that are meant to run and do not. */
export function failedUnits(units: readonly Unit[]): Unit[] {
  return units.filter((unit) => unit['active-state'] === 'failed' || unit.state === 'failed')
}
