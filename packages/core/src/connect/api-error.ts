import { ToolError, type ErrorCode } from '../define/error.ts'
import { cleanText } from '../present/clean.ts'
import { retryAfterMs } from './retry.ts'

const longestDetail = 300
const longestBody = 65_536

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'conflict',
  429: 'rate_limited',
}

/** Judges a status that is no success, with what the body says about it. */
export async function statusError(
  response: Response,
  options: { name: string; describeError?: (status: number, body: unknown) => string | undefined },
): Promise<ToolError> {
  const { name } = options
  const { status } = response
  const text = await bodyText(response)
  const isHtml = looksLikeHtml(text, response)
  const body = parseJson(text)?.value ?? text
  const detail = isHtml ? undefined : detailOf(options.describeError?.(status, body) ?? messageIn(body))
  const said = detail === undefined ? (isHtml ? ' with an HTML page.' : '.') : `: ${detail}`
  return new ToolError(codes[status] ?? 'upstream', `${name} answered ${status}${said}`, {
    hint: hintFor(response, name),
    ...(status === 429 ? { retryAfterSeconds: secondsOf(response.headers.get('retry-after')) } : {}),
  })
}

function hintFor(response: Response, name: string): string | undefined {
  const { status } = response
  if (status >= 300 && status < 400) return 'The service lives at another address: check url.'
  if (status === 401) return `Check the credentials configured for ${name}.`
  if (status === 403) return `Give the account configured for ${name} the right to do this.`
  if (status === 412) return 'It was changed meanwhile: read it again.'
  if (status === 429) return `Try again ${waitOf(response.headers.get('retry-after'))}.`
  return status >= 500 ? `Look at the logs of ${name} and of any proxy in between.` : undefined
}

function waitOf(retryAfter: string | null): string {
  const value = retryAfter?.trim() ?? ''
  if (/^\d{1,6}$/.test(value)) return `in ${value} seconds`
  const date = Date.parse(value)
  return Number.isNaN(date) ? 'in a minute' : `after ${new Date(date).toISOString()}`
}

function secondsOf(retryAfter: string | null): number | undefined {
  const wait = retryAfterMs(retryAfter, Date.now())
  return wait === undefined ? undefined : Math.ceil(wait / 1_000)
}

/** The body of an error; that it broke off must not hide the status. */
async function bodyText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > longestBody) break
    }
  } catch (error) {
    // An abort of the caller is no `ToolError` and goes on.
    if (!ToolError.isInstance(error)) throw error
  }
  return text
}

const places = ['message', 'error', 'detail', 'errors', 'title', 'reason', 'msg']

/** Where APIs put their message, looked for in the usual order. */
function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') return body
  if (Array.isArray(body)) return messageIn(body[0])
  if (typeof body !== 'object' || body === null) return undefined
  for (const place of places) {
    const found = messageIn((body as Record<string, unknown>)[place])
    if (found !== undefined && found.trim() !== '') return found
  }
  return undefined
}

/** Text of an upstream as a message may hold it: one line, no control or invisible characters, cut. */
export function detailOf(text: string | undefined): string | undefined {
  // Whole sequences first: a colour that were left in pieces would part a secret from its name.
  const line = cleanText((text ?? '').slice(0, longestDetail * 4))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
  if (line === '') return undefined
  const characters = Array.from(line)
  return characters.length > longestDetail ? `${characters.slice(0, longestDetail - 1).join('')}…` : line
}

/** Wraps what was parsed, so that `null` and a failure differ. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** True for a page meant for a browser. */
export function looksLikeHtml(text: string, response: Response): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text) || (response.headers.get('content-type') ?? '').includes('text/html')
}
