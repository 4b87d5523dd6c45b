import { estimateTokens, type Catalogue, type ToolListing } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { exitCodes } from './failure.ts'
import { openApplication, type OpenOptions } from './open.ts'
import { table, type Terminal } from './terminal.ts'

/** Prints the tools a client would be listed, with what each costs a model. */
export async function tools(application: Application, options: OpenOptions & { json?: boolean }, terminal: Terminal): Promise<number> {
  const opened = await openApplication(application, options, terminal)
  const { catalogue, caller } = opened
  const access = accessByName(catalogue)
  const rows = catalogue.list({ caller }).map((listing) => described(listing, access.get(listing.name) ?? accessOfOwn(listing)))
  await opened.close()
  if (options.json === true) {
    terminal.print(JSON.stringify(rows, null, 2))
    return exitCodes.ok
  }
  const lines = rows.map((row) => [row.name, row.access, `${row.tokens}`, row.description])
  terminal.print(table([['name', 'access', 'tokens', 'description'], ...lines]))
  const above = [...access.values()].length - rows.filter(({ name }) => access.has(name)).length
  if (above > 0) terminal.complain(`${above} more need a higher tier than ${catalogue.tier}, or a service that is not configured.`)
  return exitCodes.ok
}

function described(listing: ToolListing, access: string) {
  const { name, title, description, inputSchema, annotations } = listing
  return { name, access, title, description, tokens: estimateTokens(JSON.stringify(listing)), input_schema: inputSchema, annotations }
}

/** The tools over all services either read or act on operations. */
function accessOfOwn({ annotations }: ToolListing): string {
  return annotations.readOnlyHint === true ? 'observe' : 'operate'
}

/** The access of every tool of a service, by listed name. */
function accessByName({ mounts }: Catalogue): Map<string, string> {
  return new Map(
    mounts.flatMap(({ prefix, tools: held }) =>
      [...held.values()].filter(({ internal }) => !internal).map(({ name, access }) => [`${prefix}${name}`, access]),
    ),
  )
}
