import type { ResourceListing, ResourceTemplate } from '@rackwarden/core/runtime'
import { anyResult } from './any-result.ts'
import { isRecord, promptIn, toolIn, type Offered } from './definitions.ts'
import { headersHold } from './header-names.ts'
import type { Session } from './session.ts'

/** Bounds of one list. */
interface ListLimits {
  readonly most: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const [mostPages, mostResources] = [100, 500]

/** Asks a server for everything that has to be accepted. */
export async function offeredBy(
  session: Session,
  { maxTools, timeoutMs, signal }: { maxTools: number; timeoutMs: number; signal: AbortSignal },
): Promise<Offered> {
  const { capabilities, server } = session
  const limits = { most: maxTools, timeoutMs, signal }
  const usableTool = (value: unknown) => {
    const tool = toolIn(value)
    return tool === undefined || (session.sendsHeaders && !headersHold(tool.inputSchema)) ? undefined : tool
  }
  const tools = capabilities.tools === undefined ? nothing : await listed(session, 'tools/list', 'tools', limits, usableTool)
  const prompts = capabilities.prompts === undefined ? nothing : await listed(session, 'prompts/list', 'prompts', limits, promptIn)
  return { server, tools: byName(tools.items), prompts: byName(prompts.items), left: [...tools.left, ...prompts.left] }
}

/** Asks a server for what can be read by address. */
export async function resourcesOf(
  session: Session,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<{ resources: readonly ResourceListing[]; templates: readonly ResourceTemplate[] }> {
  if (session.capabilities.resources === undefined) return { resources: [], templates: [] }
  const limits = { most: mostResources, timeoutMs, signal }
  const resources = await listed(
    session,
    'resources/list',
    'resources',
    limits,
    (value) => resourceIn(value, 'uri') as ResourceListing | undefined,
  )
  // Many servers with resources know no templates, and say so with an error.
  const templates = await listed(
    session,
    'resources/templates/list',
    'resourceTemplates',
    limits,
    (value) => resourceIn(value, 'uriTemplate') as ResourceTemplate | undefined,
  ).catch(() => nothing)
  return { resources: resources.items, templates: templates.items }
}

const nothing = { items: [], left: [] }

async function listed<Item>(
  { client }: Session,
  method: 'tools/list' | 'prompts/list' | 'resources/list' | 'resources/templates/list',
  key: string,
  { most, timeoutMs, signal }: ListLimits,
  read: (value: unknown) => Item | undefined,
): Promise<{ items: Item[]; left: string[] }> {
  const items: Item[] = []
  const deadline = performance.now() + timeoutMs
  let [cursor, malformed, whole] = [undefined as string | undefined, 0, true]
  for (let page = 0; ; page += 1) {
    const options = { timeout: Math.max(1, Math.ceil(deadline - performance.now())), signal }
    const answer = await client.request({ method, ...(cursor === undefined ? {} : { params: { cursor } }) }, anyResult, options)
    const entries = Array.isArray(answer[key]) ? (answer[key] as unknown[]) : []
    for (const entry of entries) {
      const item = read(entry)
      if (item === undefined) malformed += 1
      else if (items.length < most) items.push(item)
      else whole = false
    }
    const next = answer['nextCursor']
    if (typeof next !== 'string' || next === cursor) break
    if (!whole || page >= mostPages) {
      whole = false
      break
    }
    cursor = next
  }
  return {
    items,
    left: [
      ...(whole ? [] : [`${key}: only the first ${items.length} are looked at.`]),
      ...(malformed === 0
        ? []
        : [`${key}: ${malformed} cannot be used; they are malformed, too large, or name headers that cannot be sent.`]),
    ],
  }
}

/** What is listed twice under one name is what it was first. */
function byName<Item extends { name: string }>(items: readonly Item[]): Item[] {
  const named = new Map<string, Item>()
  for (const item of items) if (!named.has(item.name)) named.set(item.name, item)
  return [...named.values()].toSorted((first, second) => (first.name < second.name ? -1 : 1))
}

const [longestAddress, longestName, longestDescription] = [2_048, 200, 500]

function resourceIn(value: unknown, key: 'uri' | 'uriTemplate'): Record<string, unknown> | undefined {
  if (!isRecord(value) || typeof value[key] !== 'string' || value[key].length > longestAddress) return undefined
  const text = (field: string, longest: number) => (typeof value[field] === 'string' ? { [field]: value[field].slice(0, longest) } : {})
  return {
    [key]: value[key],
    name: value[key],
    ...text('name', longestName),
    ...text('title', longestName),
    ...text('description', longestDescription),
    ...text('mimeType', longestName),
  }
}
