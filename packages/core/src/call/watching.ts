import type { Asset } from '../define/facet.ts'
import { ToolError } from '../define/error.ts'
import { askEverybody, type Asked } from '../facets/ask.ts'
import { namesOf } from '../facets/related-assets.ts'
import { matchesTarget, qualified } from '../policy/target-pattern.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Instance } from '../runtime/instance.ts'
import { admitted } from './admission.ts'
import type { Call } from './call.ts'
import type { PlannedStep } from './step.ts'
import { requireTier } from './require-tier.ts'
import { passesByItself } from './reserved.ts'

/** What watches the targets of a write at one instance, and is paused while it is under way. */
export interface Watching {
  mount: Mount
  instance: Instance
  watchers: readonly Asset[]
}

/** What watches the targets of a write, and what is to be said of what is not paused. */
export interface Watched {
  watching: readonly Watching[]
  warnings: readonly string[]
}

const unwatched: Watched = { watching: [], warnings: [] }
/** States in which nothing is watched anyway. */
const resting = ['paused', 'maintenance']

/**
 * Finds what would raise an alarm while a write is under way that leaves nothing lasting: a restart is not news. What watches and
 * what is watched are joined by their assets, by name and address; a write the caller wants watched says `watchers: ignore`.
 */
export async function watchedBy(call: Call, steps: readonly PlannedStep[]): Promise<Watched> {
  const { environment, request, options } = call
  const mounts = environment.mounts(request)
  const watchers = mounts.filter((mount) => mount.watchers !== undefined && mount.instances.length > 0)
  const acting = steps.filter(({ plan }) => plan.nothing !== true)
  if (options.watchers === 'ignore' || watchers.length === 0 || acting.length === 0 || !acting.every((step) => passes(step)))
    return unwatched
  const signal = request.signal ?? new AbortController().signal
  const asked = await askEverybody(
    mounts,
    environment.runtime,
    signal,
    async (mount, client, context) => mount.facets?.assets(client, context) ?? [],
  )
  const all = asked.flatMap(({ answer, instance }) =>
    (answer ?? []).map((asset) => ({ asset, target: qualified(asset.target, instance.name) })),
  )
  const known = knownAs(acting, all)
  const found = await Promise.all(asked.filter(({ mount }) => watchers.includes(mount)).map((one) => watchingAt(call, one, known)))
  return {
    watching: found.flatMap((one) => ('watchers' in one ? [one] : [])),
    warnings: found.flatMap((one) => ('warning' in one ? [one.warning] : [])),
  }
}

/** What watches at one instance, or why nothing there is paused. */
async function watchingAt(
  call: Call,
  { mount, instance, answer = [], error }: Asked<readonly Asset[]>,
  known: Known,
): Promise<Watching | { warning: string } | object> {
  if (error !== undefined) return { warning: `${mount.title} does not answer: what watches this is not paused there.` }
  const found = answer.filter((asset) => isWatching(asset, known))
  if (found.length === 0) return {}
  try {
    const { caller, signal = new AbortController().signal } = call.request
    const choose = async () => mount.watchers?.select?.(await instance.client(), found, { instance: instance.name, signal })
    const chosen = (await admitted(instance.admission, { principal: caller.principal, signal }, choose)) ?? found
    if (chosen.length === 0) return {}
    requireRights(call, mount, instance, chosen)
    return { mount, instance, watchers: chosen }
  } catch (thrown) {
    if (!ToolError.isInstance(thrown)) throw thrown
    return { warning: `Not paused meanwhile: ${targetsOf(found)}. ${thrown.message}` }
  }
}

/** The targets of assets, as a list. */
function targetsOf(assets: readonly Asset[]): string {
  return assets.map(({ target }) => target).join(', ')
}

/** Only what passes by itself needs no watching; and what watches is not watched for that. */
function passes({ call: { mount, tool } }: PlannedStep): boolean {
  return mayBeWatched(mount) && passesByItself(tool)
}

/** Whether what a mount writes to is something another service may watch: neither ours, nor what watches itself. */
export function mayBeWatched({ facets, watchers }: Mount): boolean {
  return facets !== undefined && watchers === undefined
}

/** The names and addresses the targets go by. */
interface Known {
  names: ReadonlySet<string>
  addresses: ReadonlySet<string>
}

/**
 * What the targets are known as over all services. Other services know them by name alone: many things share the address of
 * their host, and a restart of one is no reason to stop watching the others.
 */
function knownAs(steps: readonly PlannedStep[], all: readonly { asset: Asset; target: string }[]): Known {
  const targets = steps.flatMap(({ plan, instance }) => plan.targets.map((target) => qualified(target, instance.name)))
  const own = all.filter(({ target }) => targets.some((one) => matchesTarget(target, one))).map(({ asset }) => asset)
  const names = new Set([
    ...own.flatMap(namesOf),
    // A unit is no asset, but is often called what it is known as.
    ...targets.map((target) => (target.split('/').at(-1) ?? '').toLowerCase().replace(/\.service$/, '')),
  ])
  const namesakes = all.filter(({ asset }) => namesOf(asset).some((name) => names.has(name)))
  return {
    names: new Set([...names, ...namesakes.flatMap(({ asset }) => namesOf(asset))]),
    addresses: new Set(own.flatMap(({ addresses }) => addresses)),
  }
}

function isWatching(asset: Asset, { names, addresses }: Known): boolean {
  if (resting.includes(asset.state ?? '')) return false
  return namesOf(asset).some((name) => names.has(name)) || asset.addresses.some((address) => addresses.has(address))
}

/** Throws where watchers may not be paused. */
function requireRights({ environment, request }: Call, mount: Mount, { name }: Instance, found: readonly Asset[]): void {
  requireTier(environment.tier, mount, 'operate', { ...request, name: `Pausing at ${mount.title}` })
  environment.protectedSet.refuse(
    found.map(({ target }) => target),
    name,
  )
  const tool = mount.watchers?.tool ?? ''
  if (!mount.tools.has(tool)) throw new ToolError('denied', `${tool} is switched off.`, { hint: 'The owner switches it on.' })
}
