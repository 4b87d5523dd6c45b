import { prefixOf, ToolError } from '@rackwarden/core'
import { cleanData, cleanText, type PromptListing, type PromptMessage, type Prompts, type View } from '@rackwarden/core/runtime'
import { askUpstream } from './call.ts'
import { isRecord, type PromptDefinition } from './definitions.ts'
import type { ForeignView } from './foreign-view.ts'
import { listedNames } from './listed-names.ts'
import type { Upstream } from './upstream.ts'
import { usablePrompts } from './upstream-mount.ts'

const [mostMessages, longestMessage] = [50, 100_000]

/** A prompt of an upstream by the name it is listed with. */
export interface ListedPrompt {
  readonly upstream: Upstream
  readonly definition: PromptDefinition
  readonly listed: string
}

/** The accepted prompts of upstreams. */
export function foreignPrompts(view: ForeignView): Prompts {
  return {
    list: (seen) => listedPrompts(view, seen).map(({ definition, listed }) => listingOf(definition, listed)),
    async get({ name, input, client, signal, ...seen }) {
      const found = listedPrompts(view, seen).find(({ listed }) => listed === name)
      if (found === undefined) return undefined
      const { upstream, definition } = found
      const { secrets } = view.runtime
      const asker = {
        principal: seen.caller.principal,
        signal: signal ?? new AbortController().signal,
        ...(client === undefined ? {} : {}),
      }
      const request = { method: 'prompts/get' as const, params: { name: definition.name, arguments: { ...input } } }
      const result = await askUpstream(upstream, request, asker, secrets)
      const messages = Array.isArray(result['messages']) ? (result['messages'] as unknown[]) : []
      return { messages: messages.slice(0, mostMessages).flatMap((message) => messageIn(secrets.data(cleanData(message)))) }
    },
  }
}

/** The prompts a caller may see, by the names they are listed with. */
export function listedPrompts({ visible }: ForeignView, view: View): ListedPrompt[] {
  return visible(view).flatMap((held) => {
    const definitions = usablePrompts(held)
    const prefix = prefixOf(held.upstream.name)
    const names = listedNames(
      definitions.map(({ name }) => name),
      prefix,
    )
    return definitions.map((definition) => ({
      upstream: held.upstream,
      definition,
      listed: `${prefix}${names.get(definition.name) ?? definition.name}`,
    }))
  })
}

function listingOf({ title, description, arguments: fields = [] }: PromptDefinition, name: string): PromptListing {
  return cleanData({
    name,
    ...(title === undefined ? {} : { title: cleanText(title).slice(0, 100) }),
    ...(description === undefined ? {} : { description: cleanText(description).slice(0, 500) }),
    ...(fields.length === 0 ? {} : { arguments: fields }),
  })
}

function messageIn(value: unknown): PromptMessage[] {
  if (!isRecord(value) || !isRecord(value['content'])) return []
  const { role, content } = value
  const isText = content['type'] === 'text' && typeof content['text'] === 'string'
  if (JSON.stringify(content).length > longestMessage)
    throw new ToolError('upstream', 'The prompt is longer than anybody could read.', { hint: 'Ask for less in its arguments.' })
  return isText || typeof content['type'] === 'string'
    ? [{ role: role === 'assistant' ? 'assistant' : 'user', content: content as PromptMessage['content'] }]
    : []
}
