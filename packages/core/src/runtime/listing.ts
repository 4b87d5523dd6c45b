import type { RegisteredTool } from '../call/registered-tool.ts'
import { toolsetOff } from '../call/require-toolset.ts'
import type { ToolListing } from '../call/surface.ts'
import type { View } from '../call/view.ts'
import { mayBeWatched } from '../call/watching.ts'
import { allows, lowestTier, type Tier } from '../define/access.ts'
import { listedTool } from './listed-tool.ts'
import { ownService, type Mount } from './mount.ts'

/** A tool as it is called here, whoever may see it. */
export interface NamedTool {
  readonly name: string
  readonly mount: Mount
  readonly tool: RegisteredTool
}

/** The tools there are until something changes, and the lists of them. */
export interface Listing {
  /** The process's own tier. */
  readonly tier: Tier
  /** Every tool by its listed name. */
  readonly named: ReadonlyMap<string, NamedTool>
  /** Those that can be found: all of what is configured but the ways to them. */
  readonly findable: readonly NamedTool[]
  /** The tools of a view, sorted by name, the same array for the same rights; `structured` adds output schemas. */
  list(view: View, structured: boolean): readonly ToolListing[]
  /** A tool as it is listed, whoever may see it. */
  listingOf(tool: NamedTool): ToolListing
}

/** Of the tools over all services: what a conversation begins with, and the ways to tools that are not listed. */
const first = new Set(['service_health', 'needs_attention', 'find_asset'])
const ways = new Set(['search_tools', 'describe_tool'])

/** Addresses and tokens there can be are more than lists worth keeping. */
const mostLists = 200

/** Makes the lists of the tools of some mounts, each when it is first asked for; of two of one name the later is meant. */
export function createListing(mounts: readonly Mount[], tier: Tier, only?: readonly string[]): Listing {
  const named = new Map(
    mounts.flatMap((mount) =>
      [...mount.tools.values()]
        .filter((tool) => !tool.internal && (only === undefined || only.includes(tool.name)))
        .map((tool) => [`${mount.prefix}${tool.name}`, { name: `${mount.prefix}${tool.name}`, mount, tool }] as const),
    ),
  )
  const all = [...named.values()]
  const lists = new Map<string, readonly ToolListing[]>()
  const made = new Map<NamedTool, ToolListing>()

  const hasWayBack = mounts.some((mount) => isWayBack(mount, tier))
  const form = ({ name, mount, tool }: NamedTool, structured: boolean) =>
    listedTool(name, mount, tool, { structured, isWatched: isWatched(mount, mounts), hasWayBack })
  const isGranted = ({ mount, tool }: NamedTool, view: View) =>
    isVisible(mount, view) && isThere(mount) && allows(lowestTier(tier, mount.tier, view.caller.tier), tool.access)
  const granted = (view: View) =>
    all.filter((entry) => !isWay(entry) && isGranted(entry, view) && toolsetOff(entry.mount, entry.tool, view) === undefined)

  /** Whatever is not listed is found; what calls others is there as far as there are such, and they are granted. */
  function few(view: View): readonly NamedTool[] {
    const accesses = new Set(granted(view).map(({ tool }) => tool.access))
    return all.filter((entry) => isFirst(entry) || (isWay(entry) && (entry.tool.calls === undefined || accesses.has(entry.tool.access))))
  }

  return {
    tier,
    named,
    findable: all.filter((entry) => !isWay(entry) && isThere(entry.mount)),
    list(view, structured) {
      const { service, caller, exposure, toolsets } = view
      const key = JSON.stringify([service, caller.tier, caller.services, caller.toolsets, exposure, toolsets, structured])
      const known = lists.get(key)
      if (known !== undefined) return known
      const listed = (exposure === 'search' ? few(view) : granted(view))
        .map((entry) => form(entry, structured))
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      if (lists.size >= mostLists) lists.clear()
      lists.set(key, listed)
      return listed
    },
    listingOf(entry) {
      const known = made.get(entry) ?? form(entry, false)
      made.set(entry, known)
      return known
    },
  }
}

/** Whether a caller may know of the tools of a mount. */
export function isVisible(mount: Mount, { service, caller }: View): boolean {
  if (mount.service === ownService) return true
  return (service === undefined || service === mount.service) && (caller.services === undefined || caller.services.includes(mount.service))
}

/** Whether a tool is listed beside the ways to others. */
export function isFirst({ mount, tool }: NamedTool): boolean {
  return mount.service === ownService && first.has(tool.name)
}

function isWay({ mount, tool }: NamedTool): boolean {
  return mount.service === ownService && (ways.has(tool.name) || tool.calls !== undefined)
}

function isThere({ instances, isWithdrawn }: Mount): boolean {
  return instances.length > 0 && isWithdrawn !== true
}

/** Whether what a service holds can be had back: its tool for that is there, and not above every tier. */
function isWayBack({ wayBack, tools, instances, tier: own }: Mount, tier: Tier): boolean {
  const tool = tools.get(wayBack?.tool ?? '')
  return instances.length > 0 && tool !== undefined && allows(lowestTier(tier, own), tool.access)
}

/** Whether another service may watch what this one writes to. */
function isWatched(mount: Mount, mounts: readonly Mount[]): boolean {
  return mayBeWatched(mount) && mounts.some(({ watchers, instances }) => watchers !== undefined && instances.length > 0)
}
