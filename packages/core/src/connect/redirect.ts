import type { Dispatcher } from 'undici'
import { ToolError } from '../define/error.ts'

const redirects = new Set([301, 302, 303, 307, 308])

/** Where an answer sends its reader on the same origin; another origin is refused, since it would be given the credentials. */
export function redirectTarget(from: URL, answer: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>): URL | undefined {
  const location = answer.headers['location']
  if (!redirects.has(answer.statusCode) || typeof location !== 'string' || !URL.canParse(location, from.href)) return undefined
  const target = new URL(location, from)
  if (target.origin === from.origin) return target
  const other = target.origin === 'null' ? target.protocol : target.origin
  throw new ToolError('upstream', `${from.origin} redirects to ${other}; credentials are not taken along, so it was not followed.`, {
    hint: `If that is the same service, set url to ${other}`,
  })
}
