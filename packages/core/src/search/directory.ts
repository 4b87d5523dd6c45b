import { requiredTier } from '../call/require-tier.ts'
import { toolsetOff } from '../call/require-toolset.ts'
import type { ToolListing } from '../call/surface.ts'
import type { View } from '../call/view.ts'
import { allows, lowestTier, type Access, type Tier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { didYouMean } from '../define/nearest-names.ts'
import { isFirst, isVisible, type Listing, type NamedTool } from '../runtime/listing.ts'
import type { Rank } from './ranking.ts'

/** A tool somebody looks for, and what keeps them from it. */
export interface FoundTool extends Pick<ToolListing, 'name' | 'description' | 'inputSchema'> {
  access: Access
  /** Whether it is listed, and so called by its own name. */
  isListed: boolean
  /** What is missing, in two words, and how the owner grants it. */
  missing?: { what: string; hint: string }
}

/** The tools there are, as one caller may find them. */
export interface Directory {
  /** Those the words of a question lead to, best first. */
  search(question: string): Promise<readonly FoundTool[]>
  /** The tool of a name; throws `not_found`. */
  get(name: string): FoundTool
  /** The tool of a name, where nothing keeps the caller from it. */
  granted(name: string): FoundTool | undefined
}

/** Whoever says more has said it by then. */
const longestQuestion = 1_000

/** Makes the directory of the tools there are as of each call: its index is made anew where they are others than before. */
export function createDirectory(tools: () => Listing): (view: View) => Directory {
  let ranking: Promise<(tools: readonly ToolListing[]) => Rank> | undefined
  let indexed: { tools: Listing; rank: Rank } | undefined

  const rankOf = async (now: Listing): Promise<Rank> => {
    const rankingOf = await (ranking ??= import('./ranking.ts').then(({ openRanking }) => openRanking()))
    if (indexed?.tools !== now) indexed = { tools: now, rank: rankingOf(now.findable.map((entry) => now.listingOf(entry))) }
    return indexed.rank
  }

  return (view) => {
    const found = (now: Listing, entry: NamedTool): FoundTool => {
      const { name, description, inputSchema } = now.listingOf(entry)
      const missing = missingOf(entry, view, now.tier)
      const isListed = view.exposure !== 'search' || isFirst(entry)
      return { name, description, inputSchema, access: entry.tool.access, isListed, ...(missing === undefined ? {} : { missing }) }
    }
    return {
      search: async (question) => {
        const now = tools()
        const rank = await rankOf(now)
        const visible = new Map(now.findable.filter(({ mount }) => isVisible(mount, view)).map((entry) => [entry.name, entry]))
        const asked = question.slice(0, longestQuestion)
        // Who writes a name means it, and nothing its words mean besides.
        const written = (asked.match(/[\w-]+/g) ?? []).filter((word) => visible.has(word))
        return [...new Set([...written, ...rank(written.reduce((rest, name) => rest.replace(name, ' '), asked))])].flatMap((name) => {
          const entry = visible.get(name)
          return entry === undefined ? [] : [found(now, entry)]
        })
      },
      get: (name) => {
        const now = tools()
        const visible = now.findable.filter(({ mount }) => isVisible(mount, view))
        const entry = visible.find((one) => one.name === name)
        if (entry !== undefined) return found(now, entry)
        const names = visible.map((one) => one.name)
        throw new ToolError('not_found', `There is no tool '${name}' here.${didYouMean(name, names)}`, {
          hint: 'search_tools finds tools.',
        })
      },
      granted: (name) => {
        const now = tools()
        const entry = now.named.get(name)
        if (entry === undefined || !now.findable.includes(entry) || !isVisible(entry.mount, view)) return undefined
        const tool = found(now, entry)
        return tool.missing === undefined ? tool : undefined
      },
    }
  }
}

function missingOf({ mount, tool }: NamedTool, view: View, tier: Tier): FoundTool['missing'] {
  const { access } = tool
  if (!allows(lowestTier(tier, mount.tier, view.caller.tier), access)) return { what: `the tier ${access}`, hint: requiredTier(access) }
  const off = toolsetOff(mount, tool, view)
  return off === undefined ? undefined : { what: `the toolset ${tool.toolset}`, hint: off }
}
