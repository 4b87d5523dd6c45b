import { registeredTool, type Input, type RegisteredTool } from '../call/registered-tool.ts'
import type { ResourceListing, ResourceRequest, Resources, ResourceTemplate } from '../call/content.ts'
import { presentableLine } from '../call/respond.ts'
import type { CallResult } from '../call/result.ts'
import type { CallRequest } from '../call/surface.ts'
import { ToolError } from '../define/error.ts'
import { getChange, listChanges } from '../facets/change-tools.ts'
import { findAsset } from '../facets/find-asset.ts'
import { queryAudit } from '../facets/query-audit.ts'
import type { SecretFilter } from '../present/redact.ts'
import type { Clock } from '../runtime/runtime.ts'
import { addressOf, partsOf } from './address.ts'
import type { Documents } from './documents.ts'
import { getService } from './readings/get-service.ts'
import { listAddresses } from './readings/list-addresses.ts'
import { listPitfalls } from './readings/list-pitfalls.ts'
import { listServices } from './readings/list-services.ts'
import { listDocuments, readDocument } from './readings/read-document.ts'
import type { Watches } from './watches.ts'

/** What resources are made from. */
export interface ResourcesOptions {
  documents: Documents
  watches: Watches
  /** Whether there are several services: a service alone has no inventory to join. */
  prefixed: boolean
  clock: Clock
  secrets: SecretFilter
  /** Takes the one path of a call, under the address as its name. */
  call: (request: CallRequest, tool: RegisteredTool) => Promise<CallResult>
}

/** A resource is a tool under an address: what stands in the braces is its input. */
interface Reading {
  /** Literal parts, then what is filled in; `{+path}` takes all that is left. */
  readonly form: readonly string[]
  readonly title: string
  readonly description: string
  readonly mimeType: string
  readonly tool: RegisteredTool
  readonly input: (given: Readonly<Record<string, string>>) => Input
}

/** Documents that are listed one by one; the rest is found through their folders, and by search. */
const mostListed = 500

/** Makes what can be read by address. */
export function openResources(options: ResourcesOptions): Resources {
  const { documents, watches, secrets, call } = options
  const readings = readingsOf(options)
  const line = (text: string) => presentableLine(text, secrets)

  const folderListings = async (): Promise<ResourceListing[]> => {
    const folders = await documents.look()
    let left = mostListed
    return folders.flatMap(({ name, problem, files }) => {
      const told =
        problem === undefined ? `${files.length} Markdown ${files.length === 1 ? 'file' : 'files'}` : `Cannot be read: ${problem}`
      const shown = files.slice(0, Math.max(0, left))
      left -= shown.length
      return [
        { uri: addressOf('docs', name), name: line(`docs/${name}`), title: line(name), description: told, mimeType: 'text/plain' },
        ...shown.map(({ path }) => ({
          uri: addressOf('docs', name, path),
          name: line(`docs/${name}/${path}`),
          title: line(path),
          mimeType: 'text/markdown',
        })),
      ]
    })
  }

  const found = (uri: string): { reading: Reading; input: Input } | undefined => {
    const parts = partsOf(uri)
    if (parts === undefined) return undefined
    for (const reading of readings) {
      const given = filledIn(reading.form, parts)
      if (given !== undefined) return { reading, input: reading.input(given) }
    }
    return undefined
  }

  return {
    list: async (view) => [
      ...readings.filter(({ form }) => !isTemplate(form)).map(({ form, ...rest }) => listing(form, rest)),
      ...(view.service === undefined && view.caller.services === undefined ? await folderListings() : []),
    ],
    templates: (view) =>
      readings
        .filter(({ form }) => isTemplate(form))
        .filter(({ form }) => form[0] !== 'docs' || (view.service === undefined && view.caller.services === undefined))
        .map(({ form, title, description, mimeType }): ResourceTemplate => {
          const uriTemplate = templateOf(form)
          return { uriTemplate, name: form.join('/'), title, description, mimeType }
        }),
    read: async ({ uri, ...request }) => {
      const asked = found(uri)
      if (asked === undefined) return undefined
      const result = await call({ ...request, name: uri, input: asked.input }, asked.reading.tool)
      if (result.kind === 'error') {
        if (result.error.code === 'not_found') return undefined
        const { code, message, hint } = result.error
        throw new ToolError(code, message, { hint })
      }
      if (result.kind === 'done' && isNothing(result.output)) return undefined
      return [{ uri, mimeType: result.kind === 'done' ? asked.reading.mimeType : 'text/plain', text: result.text }]
    },
    watch: (request: ResourceRequest, changed) => {
      const parts = partsOf(request.uri)
      return parts === undefined || found(request.uri) === undefined ? () => undefined : watches.watch(parts, request, changed)
    },
  }
}

/** The address form of each kind of resource that has something to fill in, for completion. */
export function templateOf(form: readonly string[]): string {
  return `rackwarden://${form.join('/')}`
}

function readingsOf({ documents, prefixed, clock }: ResourcesOptions): readonly Reading[] {
  const today = () => {
    const start = new Date(clock.now())
    start.setHours(0, 0, 0, 0)
    return { since: start.toISOString(), limit: 200 }
  }
  const plain = 'text/plain'
  const none = () => ({})
  return [
    {
      form: ['services'],
      title: 'Services',
      description: 'What is configured, whether it answers now, its tier and how many tools can be called.',
      mimeType: plain,
      tool: registeredTool(listServices),
      input: none,
    },
    ...(prefixed
      ? [
          {
            form: ['inventory', 'addresses'],
            title: 'Addresses',
            description: 'Every IP address with the names, MAC addresses and assets behind it, asked now.',
            mimeType: plain,
            tool: registeredTool(listAddresses),
            input: none,
          },
        ]
      : []),
    {
      form: ['pitfalls'],
      title: 'Pitfalls',
      description: "Known traps of the configured systems, and the owner's own.",
      mimeType: 'text/markdown',
      tool: registeredTool(listPitfalls(documents)),
      input: none,
    },
    {
      form: ['changes'],
      title: 'Changes',
      description: 'The latest writes that happened through here, and whether each can be taken back.',
      mimeType: plain,
      tool: registeredTool(listChanges),
      input: none,
    },
    {
      form: ['audit', 'today'],
      title: "Today's audit",
      description: 'Who called what since midnight, and what came of it; newest first.',
      mimeType: plain,
      tool: { ...registeredTool(queryAudit), budgetTokens: 6_000 },
      input: today,
    },
    {
      form: ['docs', '{folder}'],
      title: 'A folder of documents',
      description: 'The Markdown files of a configured folder.',
      mimeType: plain,
      tool: registeredTool(listDocuments(documents)),
      input: ({ folder }) => ({ folder }),
    },
    {
      form: ['docs', '{folder}', '{+path}'],
      title: 'A document',
      description: 'One Markdown file of a configured folder.',
      mimeType: 'text/markdown',
      tool: registeredTool(readDocument(documents)),
      input: ({ folder, path }) => ({ folder, path }),
    },
    ...(prefixed
      ? [
          {
            form: ['asset', '{name}'],
            title: 'An asset',
            description: 'Everything known under one name or address, over all services.',
            mimeType: plain,
            tool: registeredTool(findAsset),
            input: ({ name }: Readonly<Record<string, string>>) => ({ query: name }),
          },
        ]
      : []),
    {
      form: ['change', '{id}'],
      title: 'A change',
      description: 'One write: the state before and after it, and the call that takes it back.',
      mimeType: plain,
      tool: registeredTool(getChange),
      input: ({ id }) => ({ change: id }),
    },
    {
      form: ['service', '{name}'],
      title: 'A service',
      description: 'One service: its instances now, its tier, its tools and its pitfalls.',
      mimeType: plain,
      tool: registeredTool(getService),
      input: ({ name }) => ({ service: name }),
    },
  ]
}

function isTemplate(form: readonly string[]): boolean {
  return form.some((part) => part.startsWith('{'))
}

function listing(
  form: readonly string[],
  { title, description, mimeType }: Pick<Reading, 'title' | 'description' | 'mimeType'>,
): ResourceListing {
  return { uri: addressOf(...form), name: form.join('/'), title, description, mimeType }
}

/** What an address fills a form in with; undefined where it has another form. */
function filledIn(form: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const given: Record<string, string> = {}
  for (const [index, part] of form.entries()) {
    const value = part.startsWith('{+') ? parts.slice(index).join('/') : parts[index]
    if (value === undefined || value === '') return undefined
    if (part.startsWith('{')) given[part.replaceAll(/[{+}]/g, '')] = value
    else if (part !== value) return undefined
  }
  return form.at(-1)?.startsWith('{+') === true || parts.length === form.length ? given : undefined
}

/** Nothing goes by the name that was asked for, and everybody was asked. */
function isNothing(output: unknown): boolean {
  const { assets, unanswered } = (output ?? {}) as { assets?: unknown; unanswered?: unknown }
  return Array.isArray(assets) && assets.length === 0 && unanswered === undefined
}
