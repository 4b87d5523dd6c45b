import type { Query } from './pihole-schema.ts'
import { timeText } from './status-facts.ts'

/** One query, short. */
export function queryRow({ time, type, domain, status, client, upstream }: Query) {
  return {
    at: timeText(time * 1_000),
    type,
    domain,
    client: client.name === null || client.name === undefined || client.name === '' ? client.ip : `${client.name} (${client.ip})`,
    status: (status ?? 'unknown').toLowerCase(),
    ...(upstream && { upstream }),
  }
}
