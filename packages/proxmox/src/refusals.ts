import { statusError, ToolError } from '@rackwarden/core'

interface Refused {
  status: number
  /** What it says is wrong: the words behind the status, or the message of the body. */
  said: string
  /** What it says of each parameter. */
  parameters: Readonly<Record<string, string>>
}

/** What an answer that is no success means; undefined where what HTTP says of its status is all there is. */
export async function refusalOf(response: Response, path: string): Promise<ToolError> {
  const body = await response
    .clone()
    .text()
    .catch(() => '')
  const refused = { status: response.status, ...wordsOf(response, body) }
  return translated(refused, path) ?? (await statusError(response, { name: 'Proxmox', describeError: () => refused.said || undefined }))
}

function wordsOf({ statusText }: Response, body: string): Omit<Refused, 'status'> {
  const parsed = jsonIn(body)
  const message = typeof parsed?.['message'] === 'string' ? parsed['message'] : ''
  const errors = parsed?.['errors']
  const parameters =
    typeof errors === 'object' && errors !== null
      ? Object.fromEntries(Object.entries(errors).map(([name, problem]) => [name, String(problem).trim()]))
      : {}
  const said = (message.trim() === '' ? statusText : message).replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  return { said, parameters }
}

function jsonIn(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function translated({ status, said, parameters }: Refused, path: string): ToolError | undefined {
  const node = nodeIn(path)
  if (status === 401)
    return new ToolError('unauthorized', `Proxmox does not accept the token${said === '' ? '' : ` (${said})`}.`, {
      hint: 'Check tokenId (user@realm!name) and tokenSecret; was the token revoked, or has it expired?',
    })
  if (status === 403) return forbidden(said)
  if (status === 400 && Object.keys(parameters).length > 0) {
    const each = Object.entries(parameters).map(([name, problem]) => `${name}: ${problem}`)
    return new ToolError('invalid_input', `Proxmox did not take ${each.join('; ')}.`, {
      hint: 'Correct what it names; a version older than 8 may not know it.',
    })
  }
  // What the node that was asked says of the node it passed the request on to.
  if (status === 595 || status === 596 || status === 599)
    return new ToolError('unreachable', `The node ${node ?? 'meant'} does not answer the others: ${said === '' ? String(status) : said}.`, {
      hint: 'Is it on, and on the cluster network? get_status tells which nodes are online.',
    })
  if (status === 501)
    return new ToolError('not_found', `This version of Proxmox does not have ${path.replace(/^\/api2\/json/, '')}.`, {
      hint: 'Proxmox VE 8 and 9 are supported.',
    })
  return status === 500 ? failed(said, node) : undefined
}

function forbidden(said: string): ToolError {
  const [, path, privilege] = /\(([^,()]+),\s*([^()]+)\)/.exec(said) ?? []
  const told =
    path === undefined
      ? `Proxmox refuses the token that${said === '' ? '' : `: ${said}`}`
      : `The token lacks ${privilege?.trim().replaceAll('|', ' or ')} on ${path}`
  return new ToolError('forbidden', `${told}.`, {
    hint: 'Give its role that privilege in Proxmox, on the token itself where its privileges are separated, if it is to do this.',
  })
}

function failed(said: string, node: string | undefined): ToolError | undefined {
  if (/hostname lookup '[^']*' failed/i.test(said))
    return new ToolError('not_found', `There is no node ${node ?? ''} in the cluster.`, { hint: 'list_nodes has the names.' })
  if (/agent.*(?:not running|not configured)|no qemu guest agent/i.test(said))
    return new ToolError('conflict', `The guest agent does not answer: ${said}.`, {
      hint: 'Is it installed and started in the guest, and enabled in its options?',
    })
  if (/does not exist|no such|not found|unable to find/i.test(said))
    return new ToolError('not_found', `Proxmox has no such thing: ${said}.`, {
      hint: 'It may have moved or been deleted meanwhile: read it again.',
    })
  if (
    /is locked|can't lock file|got timeout.*lock|already running|already exists|already used|not stopped|is running - destroy|not running|detected modified configuration|digest/i.test(
      said,
    )
  )
    return new ToolError('conflict', `Proxmox cannot do that now: ${said}.`, {
      hint: 'Something else is at work on it, or it changed meanwhile: read it again.',
    })
  return undefined
}

function nodeIn(path: string): string | undefined {
  return /\/nodes\/([^/?]+)/.exec(path)?.[1]
}
