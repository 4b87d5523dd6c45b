/** One request, checked and taken apart. */
export interface Request {
  method: string
  /** Path behind `/api2/json/`, its parts decoded. */
  parts: readonly string[]
  values: Readonly<Record<string, unknown>>
}

/** What the server answers; the text of a refusal is no JSON, whatever its type says. */
export type Reply = { data: unknown; more?: Record<string, unknown> } | { refused: string; status?: number }

/** Wraps what is answered. */
export function ok(data: unknown, more: Record<string, unknown> = {}): Reply {
  return { data, more }
}

/** Refuses as nearly everything is refused. */
export function refuse(refused: string, status = 400): Reply {
  return { refused, status }
}

/** Writes an answer as it goes over the wire, at a time in seconds since the epoch. */
export function respond(reply: Reply, now: number): Response {
  const headers = { 'content-type': 'application/json;charset=UTF-8', date: new Date(now * 1_000).toUTCString() }
  return 'refused' in reply
    ? new Response(reply.refused, { status: reply.status ?? 400, headers })
    : new Response(JSON.stringify({ data: reply.data, ...reply.more }), { headers })
}
