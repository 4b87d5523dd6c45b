import { estimateTokens, type Catalogue, type Exposure, type ToolListing } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { exitCodes } from './failure.ts'
import { exposureFor, openApplication, type OpenOptions } from './open.ts'
import { table, type Terminal } from './terminal.ts'

/** What `tools` can be told. */
export interface ToolsOptions extends OpenOptions {
  expose?: Exposure
  json?: boolean
}

/** Prints the tools a client would be listed, with what each costs a model. */
export async function tools(application: Application, options: ToolsOptions, terminal: Terminal): Promise<number> {
  const opened = await openApplication(application, options, terminal)
  const { catalogue, caller } = opened
  const exposure = exposureFor(opened, options, terminal)()
  const rows = catalogue.list({ caller, exposure }).map((listing) => described(catalogue, listing))
  await opened.close()
  if (options.json === true) {
    terminal.print(JSON.stringify(rows, null, 2))
    return exitCodes.ok
  }
  const lines = rows.map((row) => [row.name, row.access, `${row.tokens}`, row.description])
  terminal.print(table([['name', 'access', 'tokens', 'description'], ...lines]))
  const all = catalogue.list({ caller })
  if (exposure === 'search')
    terminal.complain(`${all.length} others are found by search_tools and called through these; --expose all lists them.`)
  const above = heldBack(catalogue, new Set(all.map(({ name }) => name)))
  if (above > 0)
    terminal.complain(`${above} more need a higher tier than ${catalogue.tier}, a toolset that is on, or a service that is configured.`)
  return exitCodes.ok
}

function described(catalogue: Catalogue, listing: ToolListing) {
  const { name, description, inputSchema, annotations } = listing
  const { access = '', title = '' } = catalogue.tool(name) ?? {}
  return {
    name,
    access,
    title,
    description,
    tokens: estimateTokens(JSON.stringify(listing)),
    input_schema: inputSchema,
    annotations,
  }
}

/** How many tools of the services are not among those listed. */
function heldBack({ mounts }: Catalogue, listed: ReadonlySet<string>): number {
  const names = mounts.flatMap(({ prefix, tools: held }) =>
    [...held.values()].filter(({ internal }) => !internal).map(({ name }) => `${prefix}${name}`),
  )
  return names.filter((name) => !listed.has(name)).length
}
