import { ToolError, type Access, type FacetContext, type Rights } from '@rackwarden/core'
import type { PbsClient } from './client.ts'

/** Privileges that let a token do more than look, and what they let it do. */
const accessOf: readonly [Access, RegExp][] = [
  [
    'admin',
    /^(?:Datastore\.(?:Modify|Prune|Allocate)|Sys\.(?:Modify|PowerManagement|Console)|Permissions\.Modify|Remote\.Modify|Tape\.(?:Modify|Write)|Realm\.Allocate)$/,
  ],
  // Of backups there are it reaches those it made itself, which are none but what it synced.
  ['operate', /^Datastore\.(?:Verify|Backup)$/],
]

/** What its token may do at the server. */
export async function rights(client: PbsClient, { signal }: FacetContext): Promise<Rights | undefined> {
  const told = Object.entries(await client.permissions(signal)).map(([path, privileges]) => ({ path, names: Object.keys(privileges) }))
  for (const [access, privilege] of accessOf) {
    const found = told
      .flatMap(({ path, names }) => names.filter((name) => privilege.test(name)).map((name) => ({ path, name })))
      .toSorted((first, second) => first.path.length - second.path.length)
    const [first] = found
    if (first !== undefined) return { highest: access, evidence: `${first.name} on ${first.path}` }
  }
  const names = [...new Set(told.flatMap((one) => one.names))]
  return { highest: 'observe', evidence: names.length === 0 ? 'it has no privilege at all, so every list is empty' : names.join(', ') }
}

/** What a list leaves out in silence for want of a privilege, a sentence each. */
export async function blindSpots(client: PbsClient, signal: AbortSignal): Promise<string[]> {
  const told = await client.permissions(signal)
  const has = (privilege: string, ...paths: string[]) => paths.some((path) => told[path]?.[privilege] !== undefined)
  const stores = Object.entries(told).filter(([path, own]) => path.startsWith('/datastore/') && own['Datastore.Audit'] !== undefined)
  return [
    ...(has('Datastore.Audit', '/', '/datastore')
      ? []
      : [
          stores.length === 0
            ? 'It lacks Datastore.Audit on /datastore: datastores, and backups it does not own, are left out.'
            : `It has Datastore.Audit on ${stores.map(([path]) => path).join(', ')} alone: other datastores are left out.`,
        ]),
    ...(has('Sys.Audit', '/', '/system', '/system/tasks') ? [] : ['It lacks Sys.Audit on /system/tasks: of tasks it sees its own alone.']),
    ...(has('Remote.Audit', '/', '/remote') || has('Remote.Read', '/', '/remote')
      ? []
      : ['It lacks Remote.Audit on /remote: sync jobs may be left out.']),
  ]
}

/** What is asked, or nothing where the token may not ask it or the release does not know it; that must not hide the rest. */
export async function ifTold<Told>(asked: Promise<Told>): Promise<Told | undefined> {
  try {
    return await asked
  } catch (error) {
    if (ToolError.isInstance(error) && (error.code === 'forbidden' || error.code === 'not_found')) return undefined
    throw error
  }
}
