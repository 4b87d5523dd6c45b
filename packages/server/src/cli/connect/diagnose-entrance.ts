import { ToolError } from '@rackwarden/core'
import { createConnection, type Diagnosis, type Log } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import type { Entrance } from '../../http/entrance.ts'
import { isRecord } from '../../json-rpc.ts'

const subject = 'http'
const limitMs = 1_500
const mostBytes = 4_096

/** What is to be found at an address of this server. */
interface Place {
  url: string
  /** What leads there, for the message. */
  what: string
  /** What to do where nothing answers. */
  start: string
}

/** Asks the addresses that clients are told of, without any token, whether this server answers there. */
export async function diagnoseEntrance(
  { name, version }: Application,
  { entrance, isServed, clientUrls, hasToken }: { entrance: Entrance; isServed: boolean; clientUrls: readonly string[]; hasToken: boolean },
  log: Log,
): Promise<Diagnosis[]> {
  const start = `Start it: '${name} serve --http'.`
  const places = new Map<string, Place>()
  const add = (url: string, what: string) => {
    if (!places.has(url)) places.set(url, { url, what, start })
  }
  if (entrance.publicUrl !== undefined) add(entrance.publicUrl, 'publicUrl')
  if (isServed) add(entrance.localUrl, 'where it is to listen')
  for (const url of clientUrls) add(url.replace(/\/mcp(?:\/[^/]*)?\/?$/, ''), 'what a client was told')
  const asked = await Promise.all([...places.values()].map((place) => diagnosePlace(place, version, log)))
  return [...asked, ...unencrypted(entrance), ...(hasToken ? [] : unreachable(name, entrance))]
}

async function diagnosePlace({ url, what, start }: Place, version: string, log: Log): Promise<Diagnosis> {
  const at = `${url} (${what})`
  const warn = (message: string, fix: string): Diagnosis => ({ level: 'warning', subject, message: `${at}: ${message}`, fix })
  try {
    const { status, body } = await healthAt(url, log)
    if (status === 403)
      return warn('refuses this name', "Let the proxy keep the Host header, and name it in 'publicUrl' or 'allowedHosts' under 'http'.")
    if (status === 502 || status === 503 || status === 504) return warn(`a proxy answers ${status}, and reaches nothing behind it`, start)
    if (!isRecord(body) || typeof body['version'] !== 'string' || typeof body['tier'] !== 'string')
      return warn(
        `something else answers there (${status})`,
        "Does 'publicUrl' end where the server begins, and does a proxy ask for a login of its own?",
      )
    if (body['version'] !== version) return warn(`version ${body['version']} runs, and this is ${version}`, 'Restart it.')
    return { level: 'ok', subject, message: `${at} answers: version ${version}, tier ${body['tier']}` }
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    return warn(
      error.message.replace(/\.$/, ''),
      error.code === 'unreachable' && /certificate/i.test(error.message) ? 'Clients have to trust its certificate, too.' : start,
    )
  }
}

async function healthAt(url: string, log: Log): Promise<{ status: number; body: unknown }> {
  const connection = createConnection({ url, timeoutMs: limitMs }, { log })
  try {
    const response = await connection.fetch('/health')
    const text = (await response.text()).slice(0, mostBytes)
    return { status: response.status, body: parsed(text) }
  } finally {
    await connection.close?.()
  }
}

function unreachable(name: string, { publicUrl, isPublic }: Entrance): Diagnosis[] {
  if (!isPublic) return []
  const message = `whoever comes through ${publicUrl} needs a token, and there is none`
  return [{ level: 'warning', subject, message, fix: `Run '${name} token create <name>'.` }]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unencrypted({ publicUrl, isPublic }: Entrance): Diagnosis[] {
  if (!isPublic || publicUrl?.startsWith('https:') === true) return []
  const message = `publicUrl ${publicUrl} is not encrypted: whoever sits in between can read tokens`
  return [{ level: 'warning', subject, message, fix: 'Put a reverse proxy with a certificate in front; docs/connect.md shows how.' }]
}
