import type { Client } from '@modelcontextprotocol/client'
import { ToolError } from '@rackwarden/core'
import { cleanData, type Ask, type Question, type SecretFilter } from '@rackwarden/core/runtime'
import { isRecord } from './definitions.ts'

/** What a foreign server may ask of whoever called it. */
export const askedMethods = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const

/** A call under way, as far as it can be asked something. */
export interface AskableCall {
  readonly principal: string
  readonly ask: Ask | undefined
  readonly without: <T>(waiting: () => Promise<T>) => Promise<T>
}

/** What questions are made presentable with. */
export interface AskingOptions {
  readonly name: string
  readonly secrets: SecretFilter
}

const longestQuestion = 4_000

/** A question as it is put to the client: whose it is, cleaned, and without what the server should not know either. */
export function presentableQuestion(method: string, params: unknown, { name, secrets }: AskingOptions): Question {
  const known = askedMethods.find((candidate) => candidate === method)
  if (known === undefined) throw new ToolError('denied', `${name} asks for ${method.slice(0, 60)}, which nobody is asked here.`)
  const { _meta: _, ...given } = isRecord(params) ? params : {}
  const shown = secrets.data(cleanData(given)) as Record<string, unknown>
  if (known === 'roots/list') return { method: known, params: {} }
  if (known === 'sampling/createMessage')
    return {
      method: known,
      params: { ...shown, systemPrompt: `${name} asks for this, a server that is not yours:\n${textOf(shown['systemPrompt'])}` },
    }
  if (shown['mode'] === 'url') throw new ToolError('denied', `${name} asks for a page to be opened, which is not passed on.`)
  return { method: known, params: { ...shown, mode: 'form', message: `${name} asks: ${textOf(shown['message'])}` } }
}

/** Puts a question of the middle of a call to its client; the time somebody takes to answer is not the server's. */
export async function askClient(call: AskableCall, method: string, params: unknown, options: AskingOptions): Promise<unknown> {
  const question = presentableQuestion(method, params, options)
  const { ask } = call
  if (ask === undefined) throw new ToolError('denied', `${options.name} asks for ${method}, and nobody can be asked here.`)
  const answer = await call.without(() => ask(question))
  if (answer !== undefined) return answer
  // Nobody answered; that is an answer only where the protocol has one for it.
  if (question.method === 'elicitation/create') return { action: 'cancel' }
  throw new ToolError('denied', `What ${options.name} asked was not answered.`, { hint: 'Call again, and answer.' })
}

/**
 * Answers what a server of the 2025 era asks while a call waits. Over one pipe nothing says which call asks: one is meant
 * where there is one, the latest where all are of one principal, and none where it might be somebody else's. Folders are
 * those of no client.
 */
export function answerQuestions(client: Client, calls: ReadonlySet<AskableCall>, options: AskingOptions): void {
  const callThatAsks = () => {
    const candidates = [...calls]
    const latest = candidates.at(-1)
    if (latest !== undefined && candidates.every(({ principal }) => principal === latest.principal)) return latest
    throw new ToolError('denied', latest === undefined ? 'No call is under way that could ask.' : 'It cannot be told which call asks.')
  }
  client.setRequestHandler(
    'elicitation/create',
    async ({ params }) => (await askClient(callThatAsks(), 'elicitation/create', params, options)) as never,
  )
  client.setRequestHandler(
    'sampling/createMessage',
    async ({ params }) => (await askClient(callThatAsks(), 'sampling/createMessage', params, options)) as never,
  )
  // It would keep them for all who call, and some serve such folders in the place of those their owner gave them.
  client.setRequestHandler('roots/list', () => ({ roots: [] }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestQuestion) : ''
}
