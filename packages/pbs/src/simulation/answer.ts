import type { FetchOptions } from '@rackwarden/core'
import { jobAnswer } from './job-answers.ts'
import { ok, refuse, respond, type Reply, type Request } from './replies.ts'
import { createRequestCheck } from './request-check.ts'
import type { SimulatedServer } from './server.ts'
import { storeAnswer } from './store-answers.ts'
import { nodeAnswer } from './task-answers.ts'
import { usageAnswer } from './usage-answers.ts'

const base = '/api2/json/'
const unknownDirection = "parameter verification errors\n\nparameter 'sync-direction': schema does not allow additional properties"

/** Answers requests as the server does; async, so that what goes wrong rejects as it would on the wire. */
export function createAnswer(server: SimulatedServer): (target: string, options: FetchOptions) => Promise<Response> {
  const check = createRequestCheck()
  // What 3.1 does not know yet.
  const isOld = /^(?:2\.|3\.[01])/.test(server.world.version ?? '')
  return async (target, { method = 'GET', headers, body, signal }) => {
    signal?.throwIfAborted()
    const { id, secret } = server.token
    if (new Headers(headers).get('authorization') !== `PBSAPIToken=${id}:${secret}`)
      return respond(refuse('authentication failed - invalid credentials.', 401), server.now)
    const checked = check(method, target, typeof body === 'string' ? body : undefined)
    const { pathname } = new URL(target, 'http://pbs.simulated')
    if (checked === undefined) return respond(refuse(`Path '${pathname}' not found.`, 404), server.now)
    if (isOld && pathname === `${base}admin/gc`) return respond(refuse(`Path '${pathname}' not found.`, 404), server.now)
    if (isOld && 'values' in checked && 'sync-direction' in checked.values) return respond(refuse(unknownDirection), server.now)
    if ('refused' in checked) return respond(refuse(checked.refused), server.now)
    const parts = pathname.slice(base.length).split('/').map(decodeURIComponent)
    const reply = replyTo(server, { method, parts, values: checked.values })
    return respond(reply ?? refuse(`Path '${pathname}' not found.`, 404), server.now)
  }
}

function replyTo(server: SimulatedServer, request: Request): Reply | undefined {
  const path = request.parts.join('/')
  if (path === 'version') return ok({ version: server.world.version ?? '4.1', release: '1', repoid: 'pretend' })
  if (path === 'access/permissions') return ok(server.privileges.map())
  if (path === 'config/traffic-control') return server.privileges.has('/', 'Sys.Modify') ? ok([]) : refuse('permission check failed', 403)
  return usageAnswer(server, request) ?? storeAnswer(server, request) ?? jobAnswer(server, request) ?? nodeAnswer(server, request)
}
