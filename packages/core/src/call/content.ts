import type { Questions, Respondent } from './questions.ts'
import type { View } from './view.ts'

type Awaitable<T> = T | Promise<T>

/** A block of an answer (text, image, audio, resource) in the protocol's own words, passed on as it is. */
export interface Content {
  readonly type: string
  readonly [field: string]: unknown
}

/** A resource as it is listed over MCP. */
export interface ResourceListing {
  readonly uri: string
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly mimeType?: string
}

/** A kind of resource, each under an address of this form (RFC 6570). */
export interface ResourceTemplate extends Omit<ResourceListing, 'uri'> {
  readonly uriTemplate: string
}

/** What a resource holds: `text`, or `blob` in base64. */
export interface ResourceContent {
  readonly uri: string
  readonly mimeType?: string
  readonly text?: string
  readonly blob?: string
}

/** One reading, from any transport. */
export interface ResourceRequest extends View {
  readonly uri: string
  readonly signal?: AbortSignal
}

/** What can be read by address. */
export interface Resources {
  readonly list: (view: View) => Awaitable<readonly ResourceListing[]>
  readonly templates: (view: View) => Awaitable<readonly ResourceTemplate[]>
  /** Undefined where nothing has this address. */
  readonly read: (request: ResourceRequest) => Promise<readonly ResourceContent[] | undefined>
  /** Calls back after every change, until the function it gives is called. */
  readonly watch?: (request: ResourceRequest, changed: () => void) => () => void
}

/** A prompt as it is listed over MCP. */
export interface PromptListing {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly arguments?: readonly { readonly name: string; readonly description?: string; readonly required?: boolean }[]
}

/** One asking for a prompt, from any transport. */
export interface PromptRequest extends View {
  readonly name: string
  readonly input: Readonly<Record<string, string>>
  readonly client?: Respondent
  readonly signal?: AbortSignal
}

/** One turn of a prompt. */
export interface PromptMessage {
  readonly role: 'user' | 'assistant'
  readonly content: Content
}

/** Texts a person picks to begin with. */
export interface Prompts {
  readonly list: (view: View) => Awaitable<readonly PromptListing[]>
  /** Undefined where no prompt has this name. */
  readonly get: (request: PromptRequest) => Promise<{ messages: readonly PromptMessage[] } | { questions: Questions } | undefined>
}

/** A field being filled in: of a prompt, by its name, or of a resource template. */
export interface CompletionRequest extends View {
  readonly of: { readonly prompt: string } | { readonly resource: string }
  readonly field: string
  readonly begun: string
}
