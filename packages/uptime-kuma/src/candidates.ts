import type { Candidate } from '@rackwarden/core'
import { z } from 'zod'

const usualPort = 3001
const mostBytes = 4_096

/** What its web page asks first; no other program answers like that. */
const entryPage = z.object({ type: z.enum(['entryPage', 'statusPageMatchedDomain']) })

/** The Uptime Kuma `init` can offer: what answers on this machine at the usual port. */
export async function candidates(
  _environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  port = usualPort,
): Promise<Candidate[]> {
  const url = `http://127.0.0.1:${port}`
  if (!entryPage.safeParse(await ask(`${url}/api/entry-page`, signal)).success) return []
  return [{ instance: 'default', values: { url }, evidence: `Uptime Kuma answers on port ${port}`, ask: ['username', 'password'] }]
}

/** What a port answers, as JSON; nothing where it does not, in time and in full. */
async function ask(address: string, signal: AbortSignal): Promise<unknown> {
  const { get } = await import('node:http')
  return new Promise((resolve) => {
    const request = get(address, { signal, timeout: 1_000, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > mostBytes) request.destroy()
      })
      response.on('end', () => resolve(text.length > mostBytes ? undefined : jsonOf(text)))
      response.on('error', () => resolve(undefined))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
