import { oneNumber, type Measure } from '@rackwarden/core/runtime'

/** What an HTTP server knows of itself. */
export interface ServerState {
  version: string
  tier: string
  /** Calls under way. */
  calls: number
  /** Requests under way. */
  requests: number
  sessions: number
  connections: number
  /** Answers so far, by HTTP status. */
  answers: ReadonlyMap<number, number>
}

/** What an HTTP server measures. */
export function serverMeasures({ version, tier, calls, requests, sessions, connections, answers }: ServerState): Measure[] {
  return [
    { kind: 'gauge', name: 'rackwarden_info', help: 'Version and tier.', readings: [{ labels: { version, tier }, value: 1 }] },
    oneNumber('gauge', 'rackwarden_calls_running', 'Calls under way, those in line for an instance among them.', calls),
    oneNumber('gauge', 'rackwarden_requests_running', 'HTTP requests under way.', requests),
    oneNumber('gauge', 'rackwarden_connections', 'Open connections.', connections),
    oneNumber('gauge', 'rackwarden_sessions', 'Sessions of clients of the 2025 era.', sessions),
    {
      kind: 'counter',
      name: 'rackwarden_http_answers_total',
      help: 'HTTP answers by status; 429 and 503 were turned away.',
      readings: [...answers].map(([status, value]) => ({ labels: { status: String(status) }, value })),
    },
  ]
}
