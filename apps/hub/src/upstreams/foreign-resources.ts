import { ToolError } from '@rackwarden/core'
import { cleanData, cleanText, type CompletionRequest, type ResourceContent, type Resources } from '@rackwarden/core/runtime'
import { askUpstream } from './call.ts'
import { isRecord } from './definitions.ts'
import { listedPrompts } from './foreign-prompts.ts'
import type { ForeignView } from './foreign-view.ts'
import { foreignAddress, ownAddress } from './resource-address.ts'

const [mostContents, longestBlob, longestText, longestName] = [50, 8 * 1024 * 1024, 200_000, 100]

/** What upstreams let be read by address, each under its name: `panos+file:///etc/motd`. */
export function foreignResources({ visible, runtime }: ForeignView): Resources {
  return {
    list: (view) =>
      visible(view).flatMap(({ upstream }) =>
        upstream.isGone()
          ? []
          : upstream.resources().resources.map((listing) => ({ ...presentable(listing), uri: ownAddress(upstream.name, listing.uri) })),
      ),
    templates: (view) =>
      visible(view).flatMap(({ upstream }) =>
        upstream.isGone()
          ? []
          : upstream
              .resources()
              .templates.map((template) => ({ ...presentable(template), uriTemplate: ownAddress(upstream.name, template.uriTemplate) })),
      ),
    async read({ uri: address, signal, ...view }) {
      const seen = visible(view)
      const found = foreignAddress(
        address,
        seen.map(({ upstream }) => upstream.name),
      )
      const held = seen.find(({ upstream }) => upstream.name === found?.upstream)
      if (found === undefined || held === undefined) return undefined
      const asker = { principal: view.caller.principal, signal: signal ?? new AbortController().signal }
      const result = await askUpstream(
        held.upstream,
        { method: 'resources/read', params: { uri: found.uri } },
        asker,
        runtime.secrets,
      ).catch((error: unknown) => {
        if (ToolError.isInstance(error) && (error.code === 'not_found' || error.code === 'invalid_input')) return undefined
        throw error
      })
      if (result === undefined) return undefined
      const contents = Array.isArray(result['contents']) ? (result['contents'] as unknown[]) : []
      return contents
        .slice(0, mostContents)
        .flatMap((content) => contentIn(content, held.upstream.name, (text) => runtime.secrets.text(cleanText(text))))
    },
  }
}

/** Lets an upstream complete a field of its own; undefined where it is none of theirs. */
export async function completeForeign(
  view: ForeignView,
  { of, field, begun, ...seen }: CompletionRequest,
): Promise<readonly string[] | undefined> {
  const found = 'prompt' in of ? promptOf(view, seen, of.prompt) : templateOf(view, seen, of.resource)
  if (found === undefined) return undefined
  const state = found.upstream.state()
  if (state.kind === 'ready' && state.session.capabilities.completions === undefined) return []
  const asker = { principal: seen.caller.principal, signal: AbortSignal.timeout(completionMs) }
  const params = { ref: found.ref, argument: { name: field, value: begun } }
  const result = await askUpstream(found.upstream, { method: 'completion/complete', params }, asker, view.runtime.secrets).catch(
    (): Record<string, unknown> => ({}),
  )
  const { values } = isRecord(result['completion']) ? result['completion'] : {}
  return (Array.isArray(values) ? (values as unknown[]) : [])
    .flatMap((value) => (typeof value === 'string' ? [cleanText(value).slice(0, longestName)] : []))
    .slice(0, 100)
}

const completionMs = 3_000

function promptOf(view: ForeignView, seen: Parameters<ForeignView['visible']>[0], name: string) {
  const prompt = listedPrompts(view, seen).find(({ listed }) => listed === name)
  return prompt === undefined ? undefined : { upstream: prompt.upstream, ref: { type: 'ref/prompt', name: prompt.definition.name } }
}

function templateOf({ visible }: ForeignView, seen: Parameters<ForeignView['visible']>[0], address: string) {
  const held = visible(seen)
  const found = foreignAddress(
    address,
    held.map(({ upstream }) => upstream.name),
  )
  const upstream = held.find((one) => one.upstream.name === found?.upstream)?.upstream
  return upstream === undefined || found === undefined ? undefined : { upstream, ref: { type: 'ref/resource', uri: found.uri } }
}

function presentable<Listing extends { name: string }>(listing: Listing): Listing {
  return cleanData(listing)
}

function contentIn(value: unknown, upstream: string, shown: (text: string) => string): ResourceContent[] {
  if (!isRecord(value) || typeof value['uri'] !== 'string') return []
  const { uri, text, blob, mimeType } = value
  const base = { uri: ownAddress(upstream, uri), ...(typeof mimeType === 'string' ? { mimeType: mimeType.slice(0, longestName) } : {}) }
  if (typeof text === 'string') {
    const cut = text.length > longestText ? `${text.slice(0, longestText)}\n… ${text.length - longestText} characters more` : text
    return [{ ...base, text: shown(cut) }]
  }
  if (typeof blob !== 'string') return []
  if (blob.length > longestBlob)
    throw new ToolError('upstream', `${base.uri} is larger than ${longestBlob} bytes.`, { hint: 'Read a part of it, if it has parts.' })
  return [{ ...base, blob }]
}
