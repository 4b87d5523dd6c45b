import { ToolError, type Connection } from '@rackwarden/core'

const judged = new Set([400, 422, 503])

/** Tells the refusals of Prometheus and Alertmanager that are the caller's to mend from failures of theirs. */
export function tellingRefusals(connection: Connection): Connection {
  return {
    ...connection,
    async fetch(target, options) {
      const response = await connection.fetch(target, options)
      if (!judged.has(response.status)) return response
      const refusal = refusalIn(await bodyOf(response.clone()))
      if (refusal === undefined) return response
      await response.body?.cancel()
      throw refusal
    },
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    // Whoever judges the status reads it again, and meets the same failure.
    return undefined
  }
}

function refusalIn(body: unknown): ToolError | undefined {
  // Alertmanager answers a bare string.
  if (typeof body === 'string')
    return new ToolError('invalid_input', `Alertmanager refuses this: ${oneLine(body)}`, {
      hint: 'Write matchers as instance="nas:9100" or job=~"node.*".',
    })
  if (typeof body !== 'object' || body === null) return undefined
  const { errorType, error } = body as { errorType?: unknown; error?: unknown }
  if (typeof errorType !== 'string' || typeof error !== 'string') return undefined
  const said = oneLine(error)
  switch (errorType) {
    case 'bad_data': {
      const parseError = /^invalid parameter "query": (.*)$/.exec(said)?.[1]
      return parseError === undefined
        ? new ToolError('invalid_input', `Prometheus refuses this: ${said}`, { hint: 'Correct the input and call again.' })
        : new ToolError('invalid_input', `Prometheus cannot read the query: ${parseError}`, {
            hint: 'The numbers are line:column of the query; search_metrics has the names of metrics and labels.',
          })
    }
    case 'execution':
      return new ToolError('invalid_input', `Prometheus cannot evaluate the query: ${said}`, {
        hint: 'Match the labels on both sides with on(…) or ignoring(…), or ask for fewer series or a shorter time.',
      })
    case 'timeout':
    case 'canceled':
      return new ToolError('timeout', `Prometheus gave the query up: ${said}`, {
        hint: 'Add matchers, aggregate with sum by (…), or ask for a shorter time.',
      })
    default:
      return undefined
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500)
}
