import { ToolError, type FetchOptions } from '@rackwarden/core'
import { clusterAnswers } from './cluster-answers.ts'
import type { SimulatedCluster } from './cluster.ts'
import { configAnswers } from './config-answers.ts'
import { guestAnswers } from './guest-answers.ts'
import { makingAnswers } from './making-answers.ts'
import { migrationAnswers } from './migration-answers.ts'
import { nodeAnswers } from './node-answers.ts'
import { powerAnswers } from './power-answers.ts'
import { programAnswers } from './program-answers.ts'
import { enveloped, Refused, refused, type Answer, type Asked } from './replies.ts'
import type { Request } from './request-check.ts'
import { snapshotAnswers } from './snapshot-answers.ts'
import { storageAnswers } from './storage-answers.ts'
import { taskAnswers } from './task-answers.ts'

const answers: Readonly<Record<string, Answer>> = {
  ...clusterAnswers,
  ...nodeAnswers,
  ...taskAnswers,
  ...storageAnswers,
  ...guestAnswers,
  ...powerAnswers,
  ...snapshotAnswers,
  ...configAnswers,
  ...makingAnswers,
  ...migrationAnswers,
  ...programAnswers,
}
const routes = Object.entries(answers).map(([name, run]) => {
  const [method = '', path = ''] = name.split(' ')
  return { method, path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`), run }
})

/** Answers one request as a cluster does; async, so that what goes wrong rejects as it would on the wire. */
export async function answer(
  cluster: SimulatedCluster,
  check: (request: Request) => { status: number; reason: string; errors?: Record<string, string> } | undefined,
  target: string,
  options: FetchOptions,
): Promise<Response> {
  const { method = 'GET', headers, body, signal } = options
  signal?.throwIfAborted()
  const url = new URL(target, `https://${firstNode(cluster)}.simulated:8006`)
  await enter(cluster, url.hostname.split('.')[0] ?? '', signal)
  try {
    const { token, user } = caller(cluster, new Headers(headers).get('authorization'))
    const path = url.pathname.replace(/^\/api2\/json/, '')
    if (path === url.pathname) throw new Refused(404, 'Not Found')
    const fields = new URLSearchParams(method === 'GET' || method === 'DELETE' ? url.search : typeof body === 'string' ? body : '')
    const request = { method, path, fields }
    const wrong = check(request)
    if (wrong !== undefined) throw new Refused(wrong.status, wrong.reason, wrong.errors)
    await reach(cluster, path, signal)
    return enveloped(cluster, dispatch({ cluster, token, user, fields }, method, path))
  } catch (error) {
    if (error instanceof Refused) return refused(cluster, error)
    throw error
  }
}

function dispatch(asked: Omit<Asked, 'parts'>, method: string, path: string): unknown {
  for (const route of routes) {
    const found = route.method === method ? route.path.exec(path) : null
    if (found !== null) return route.run({ ...asked, parts: found.slice(1).map(decodeURIComponent) })
  }
  throw new Refused(501, `Method '${method} ${path}' not implemented`)
}

function firstNode({ world }: SimulatedCluster): string {
  return Object.keys(world.nodes)[0] ?? 'pve'
}

/** The node a request comes in through; one that is off takes none. */
async function enter({ world }: SimulatedCluster, name: string, signal: AbortSignal | null | undefined): Promise<void> {
  const entry = world.nodes[name]
  if (entry?.offline === true)
    throw new ToolError('unreachable', `https://${name}.simulated:8006 refused the connection.`, { hint: 'Is it on?' })
  if (entry?.hangs === true) await forEver(signal)
}

/** The node a request is passed on to. */
async function reach({ world }: SimulatedCluster, path: string, signal: AbortSignal | null | undefined): Promise<void> {
  const name = /^\/nodes\/([^/]+)\//.exec(path)?.[1]
  if (name === undefined) return
  const node = world.nodes[name]
  if (node === undefined)
    throw new Refused(500, `hostname lookup '${name}' failed - failed to get address info for: ${name}: Name or service not known`)
  if (node.offline === true) throw new Refused(595, 'No route to host')
  if (node.hangs === true) await forEver(signal)
}

async function forEver(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

function caller({ tokens }: SimulatedCluster, authorization: string | null) {
  const [, user = '', secret] = /^PVEAPIToken=([^=]+)=(.+)$/.exec(authorization ?? '') ?? []
  if (authorization === null || secret === undefined) throw new Refused(401, 'No ticket')
  const token = Object.hasOwn(tokens, user) ? tokens[user] : undefined
  if (token === undefined) throw new Refused(401, `no such token '${user.split('!')[1] ?? ''}' for user '${user.split('!')[0] ?? ''}'`)
  if (token.secret !== secret) throw new Refused(401, 'invalid token value!')
  return { token, user }
}
