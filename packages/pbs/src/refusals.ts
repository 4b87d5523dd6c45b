import { ToolError, type Connection, type ErrorCode, type FetchOptions } from '@rackwarden/core'

/** The server answers 400 to nearly everything it refuses, and says why in a sentence. */
const kinds: readonly [ErrorCode, RegExp][] = [
  ['forbidden', /permission|not allowed|backup owner check failed/i],
  ['not_found', /no such|does not exist|not found|no entry|cannot find/i],
  ['conflict', /already (?:running|exists)|lock|maintenance|protected|in use|cannot start job/i],
  ['invalid_input', /parameter verification/i],
]

const hints: Partial<Record<ErrorCode, string>> = {
  conflict: 'Something else holds it: list_tasks running=true tells what.',
  not_found: 'list_datastores, list_backups and list_tasks tell what there is.',
  invalid_input: 'This release takes other parameters than this service knows; compare its version with the documentation.',
}

const longest = 300

/** Hands on a connection whose refusals have the code they deserve. */
export function translated(connection: Connection, tokenId: string): Connection {
  return {
    ...connection,
    async fetch(target: string, options?: FetchOptions): Promise<Response> {
      const response = await connection.fetch(target, options)
      if (response.status !== 400 && response.status !== 403) return response
      const said = (await response.text()).trim()
      const refusal = refusalOf(said, response.status, tokenId)
      if (refusal !== undefined) throw refusal
      return new Response(said, { status: response.status, headers: response.headers })
    },
  }
}

/** What a refusal means; undefined where its text does not say. */
export function refusalOf(said: string, status: number, tokenId: string): ToolError | undefined {
  // A page, or an object, was written by something in between.
  if (said === '' || said.startsWith('<') || said.startsWith('{')) return undefined
  const code = status === 403 ? 'forbidden' : kinds.find(([, words]) => words.test(said))?.[0]
  if (code === undefined) return undefined
  const message = `Proxmox Backup Server refused: ${said.slice(0, longest)}`
  return new ToolError(code, message, { hint: code === 'forbidden' ? hintOnRights(said, tokenId) : hints[code] })
}

const roles: readonly [RegExp, string][] = [
  [/Datastore\.(?:Modify|Prune)/, 'DatastoreAdmin'],
  [/Datastore\.Verify/, 'DatastoreReader'],
  [/Datastore\.Backup/, 'DatastoreBackup'],
  [/Datastore\./, 'DatastoreAudit'],
  [/Remote\./, 'RemoteSyncOperator'],
  [/Sys\.Audit/, 'Audit'],
]

/** Names the privilege that is missing, and the command that gives it. */
export function hintOnRights(said: string, tokenId: string): string {
  const path = /\bon '?(\/[^\s']*)/.exec(said)?.[1] ?? '/datastore'
  const role = roles.find(([privilege]) => privilege.test(said))?.[1]
  return role === undefined
    ? `Give the token ${tokenId} and its user a role that may do this, at ${path}.`
    : `A role that is enough: proxmox-backup-manager acl update ${path} ${role} --auth-id '${tokenId}'; its user needs it, too.`
}
