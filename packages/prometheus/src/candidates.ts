import type { Candidate } from '@rackwarden/core'
import { z } from 'zod'

/** The ports looked at, on the loopback address of this machine. */
export interface LoopbackPorts {
  prometheus: number
  alertmanager: number
}

const usualPorts: LoopbackPorts = { prometheus: 9090, alertmanager: 9093 }
const mostBytes = 65_536

const buildAnswer = z.object({ status: z.literal('success'), data: z.object({ version: z.string() }) })
const statusAnswer = z.object({ versionInfo: z.object({ version: z.string() }) })

/** The Prometheus `init` can offer: what answers on this machine at the usual port, with its Alertmanager. */
export async function candidates(
  _environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  ports: LoopbackPorts = usualPorts,
): Promise<Candidate[]> {
  const [prometheus, alertmanager] = await Promise.all([
    ask(`http://127.0.0.1:${ports.prometheus}`, '/api/v1/status/buildinfo', signal),
    ask(`http://127.0.0.1:${ports.alertmanager}`, '/api/v2/status', signal),
  ])
  const url = `http://127.0.0.1:${ports.prometheus}`
  const isManaged = statusAnswer.safeParse(alertmanager?.body).success
  const values = { url, ...(isManaged ? { alertmanagerUrl: `http://127.0.0.1:${ports.alertmanager}` } : {}) }
  const beside = isManaged ? ', Alertmanager beside it' : ''
  const build = buildAnswer.safeParse(prometheus?.body)
  if (build.success) return [{ instance: 'default', values, evidence: `Prometheus ${build.data.data.version} answers${beside}` }]
  if (prometheus?.asksForPassword === true)
    return [{ instance: 'default', values, evidence: `something answers and asks for a password${beside}`, ask: ['username', 'password'] }]
  return []
}

/** What a port answers, as JSON; nothing where it does not, in time and in full. */
async function ask(origin: string, path: string, signal: AbortSignal): Promise<{ body: unknown; asksForPassword: boolean } | undefined> {
  const { get } = await import('node:http')
  return new Promise((resolve) => {
    const request = get(origin + path, { signal, timeout: 1_000, agent: false }, (response) => {
      const asksForPassword = response.statusCode === 401 && /^basic/i.test(response.headers['www-authenticate'] ?? '')
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > mostBytes) request.destroy()
      })
      response.on('end', () => resolve({ body: jsonOf(text), asksForPassword }))
      response.on('error', () => resolve(undefined))
      response.on('close', () => resolve(undefined))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
