import type { ApprovalRequest } from '@rackwarden/core/runtime'
import { serve } from '../connect/loopback.ts'

/** A request a channel was sent. */
export interface Received {
  method: string | undefined
  url: string | undefined
  headers: NodeJS.Dict<string | string[]>
  body: unknown
}

/** A server that keeps what it is sent, and answers in turn with the statuses given; 200 from then on. */
export async function listener(...statuses: readonly (number | { status: number; headers?: Record<string, string>; text?: string })[]) {
  const received: Received[] = []
  const waiting = [...statuses]
  const { url, port } = await serve(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    received.push({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(text) })
    const next = waiting.shift() ?? 200
    const answer = typeof next === 'number' ? { status: next } : next
    response.writeHead(answer.status, answer.headers).end('text' in answer ? answer.text : '{}')
  })
  return { url, port, received }
}

/** A request of an assistant that wants to restart something. */
export function requestFor(plan: Partial<ApprovalRequest['plan']> = {}, more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: '20260101T000000-abcdef',
    at: '2026-01-01T00:00:00.000Z',
    expires_at: '2026-01-01T01:00:00.000Z',
    principal: 'local:assistant',
    service: 'docker',
    instance: 'attic',
    tool: 'restart_container',
    name: 'docker_restart_container',
    input: { container: 'jellyfin', note: 'of the input' },
    plan: { summary: 'Restart jellyfin', targets: ['docker/container/jellyfin'], diff: ['started: earlier → now'], ...plan },
    digest: 'd',
    ...more,
  }
}
