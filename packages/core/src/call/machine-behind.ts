import type { Asset } from '../define/facet.ts'
import type { ErrorCode } from '../define/error.ts'
import type { Asked } from '../facets/ask.ts'
import { isSameMachine, type Known } from '../facets/same-machine.ts'
import { matchesTarget, qualified } from '../policy/target-pattern.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import { listed, placeOf, type PlannedStep } from './step.ts'

/** What a write lands in: an asset of a service that can have it back. */
export interface Machine {
  mount: Mount
  instance: Instance
  asset: Asset
}

/** Why it is not known what a write lands in, or why there is no way back to that. */
export interface Unknown {
  code: ErrorCode
  reason: string
}

type Told = Asked<readonly Asset[]>

/**
 * Finds the machine a part of a write lands in, among what everybody tells of their assets. A service that has ways back itself
 * means the target; any other means the machine its instance is on, and which of the keepers' that is, is known by what both go by.
 * Of several that fit none is meant.
 */
export function machineBehind(step: PlannedStep, told: readonly Told[]): Machine | Unknown {
  const { call, instance } = step
  const own = told.find((one) => one.mount.service === call.mount.service && one.instance.name === instance.name)
  const targets = targetedBy(step, own)
  if (call.mount.wayBack !== undefined)
    return fitting(
      targets.map((asset) => ({ mount: call.mount, instance, asset })),
      'its target',
    )
  const roots = rootsOf(targets, own?.answer ?? [])
  if (roots.length === 0)
    return {
      code: 'upstream',
      reason: `which machine ${placeOf(step)} is on is not known${own?.error === undefined ? '' : `: ${own.error.message}`}`,
    }
  const known = roots.map((root) => withAddress(root, instance.host))
  const keepers = told.filter(({ mount }) => mount.wayBack !== undefined)
  const kept = keepers.flatMap(({ mount, instance: at, answer = [] }) => answer.map((asset) => ({ mount, instance: at, asset })))
  // Who says a name alone may have a namesake who says more; what keeps others is asked what it keeps, and not who it is.
  const namesakes = told
    .filter((one) => one !== own && one.mount.wayBack === undefined)
    .flatMap(({ answer = [] }) => answer.filter(({ kind, parent }) => parent === undefined && hosts.includes(kind)))
    .filter((other) => known.some((one) => isSameMachine(one, other)))
  const found = kept.filter(({ asset }) => [...known, ...namesakes].some((one) => isSameMachine(one, asset)))
  const name = listed([...new Set(roots.map((root) => root.name))])
  const silent = keepers.filter(({ error }) => error !== undefined)
  if (found.length === 0 && silent.length > 0)
    return {
      code: 'unreachable',
      reason: `${placesOf(silent)} ${silent.length === 1 ? 'does' : 'do'} not answer, so whether ${name} is a machine there is not known`,
    }
  return found.length === 0
    ? { code: 'not_found', reason: `no machine of ${placesOf(keepers)} is known to be ${name}` }
    : fitting(found, name)
}

function placesOf(keepers: readonly Told[]): string {
  return listed(keepers.map(({ mount, instance }) => (mount.instances.length > 1 ? `${mount.service}@${instance.name}` : mount.service)))
}

/** Kinds that are a machine: what else has no parent may only lead to one. */
const hosts = ['host', 'engine', 'node']

function fitting(found: readonly Machine[], name: string): Machine | Unknown {
  const able = found.filter(({ mount, asset }) => mount.wayBack?.inputFor(asset, '') !== undefined)
  const [one] = able
  if (one !== undefined && able.length === 1 && found.length === 1) return one
  if (found.length > 1)
    return { code: 'conflict', reason: `${name} may be any of ${listed(found.map(({ asset }) => `${asset.target} (${asset.name})`))}` }
  const [unable] = found
  return unable === undefined
    ? { code: 'not_found', reason: `${name} is not to be found` }
    : {
        code: 'conflict',
        reason: `${unable.asset.target} (${unable.asset.name}) is a ${unable.asset.kind}: there is no ${unable.mount.wayBack?.noun} of one`,
      }
}

function targetedBy({ plan, instance }: PlannedStep, own: Told | undefined): Asset[] {
  const targets = plan.targets.map((target) => qualified(target, instance.name))
  return (own?.answer ?? []).filter((asset) => targets.some((target) => matchesTarget(qualified(asset.target, instance.name), target)))
}

/** What a target lives on, as far up as it goes; without a target all that lives on nothing else. */
function rootsOf(targets: readonly Asset[], all: readonly Asset[]): Asset[] {
  const reached = new Set(targets.length === 0 ? all : targets)
  for (const asset of reached) for (const other of all) if (other.target === asset.parent) reached.add(other)
  return [...reached].filter(({ parent }) => parent === undefined || ![...reached].some(({ target }) => target === parent))
}

/** The address an instance is reached at is one of its machine. */
function withAddress(asset: Asset, host: string | undefined): Known {
  if (host === undefined) return asset
  const isNumber = /^[\d.]+$|:/.test(host)
  return isNumber
    ? { ...asset, addresses: [...asset.addresses, host.replaceAll(/[[\]]/g, '')] }
    : { ...asset, aliases: [...asset.aliases, host, host.split('.')[0] ?? host] }
}
