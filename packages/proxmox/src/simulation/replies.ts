import type { SimulatedCluster } from './cluster.ts'
import { privilegesAt } from './rights.ts'
import type { SimulatedToken } from './world.ts'

/** A request whose caller is known. */
export interface Asked {
  cluster: SimulatedCluster
  /** Parts of the path that stand for something. */
  parts: readonly string[]
  fields: URLSearchParams
  token: SimulatedToken
  /** user@realm!name */
  user: string
}

/** Answers an endpoint: data, or a refusal that is thrown. */
export type Answer = (asked: Asked) => unknown

/** A refusal, with the words Proxmox puts behind the status. */
export class Refused extends Error {
  readonly status: number
  readonly errors: Record<string, string> | undefined

  constructor(status: number, reason: string, errors?: Record<string, string>) {
    super(reason)
    this.status = status
    this.errors = errors
  }
}

/** Throws where the token has none of these privileges at a path. */
export function need({ token }: Pick<Asked, 'token'>, path: string, ...privileges: readonly string[]): void {
  if (!may({ token }, path, ...privileges)) throw new Refused(403, `Permission check failed (${path}, ${privileges.join('|')})`)
}

/** Whether the token has one of these privileges at a path. */
export function may({ token }: Pick<Asked, 'token'>, path: string, ...privileges: readonly string[]): boolean {
  const held = privilegesAt(token, path)
  return privileges.some((privilege) => held.includes(privilege))
}

/** An answer in the envelope everything comes in. */
export function enveloped({ now }: SimulatedCluster, data: unknown): Response {
  return Response.json({ data: data ?? null }, { status: 200, statusText: 'OK', headers: headersOf(now) })
}

/** A refusal; what is wrong stands behind the status, and from 9 on in the body, too. */
export function refused({ now, release }: SimulatedCluster, { status, message, errors }: Refused): Response {
  const statusText = message.replaceAll(/[\r\n]+/g, ' ')
  // Who is not known is told nothing more.
  if (status === 401) return new Response(null, { status, statusText, headers: headersOf(now) })
  const body = { data: null, ...(errors !== undefined && { errors }), ...(release >= 9 && { message: `${message}\n` }) }
  return Response.json(body, { status, statusText, headers: headersOf(now) })
}

function headersOf(now: number): Record<string, string> {
  return { date: new Date(now * 1_000).toUTCString(), server: 'pve-api-daemon/3.0', 'cache-control': 'max-age=0' }
}

/** A number the same for the same text: what would be measured looks measured, and stands still. */
export function steady(text: string, least: number, most: number): number {
  let hash = 7
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 65_521
  return least + (hash / 65_521) * (most - least)
}
