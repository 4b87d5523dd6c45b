import { exitCodes } from '../failure.ts'
import { clientStates } from '../connect/client-state.ts'
import { writeClient } from '../connect/write-client.ts'
import { connectClients, namedClient } from '../init/clients.ts'
import type { Scene } from './scene.ts'

/** Tells the clients of what is configured now; one that leads here already is not asked about. */
export async function finish({ application, options, terminal, desk, entry }: Scene): Promise<number> {
  const named = options.client?.map((text) => namedClient(text, terminal))
  const known = named === undefined ? (await clientStates(application, undefined, terminal)).filter(({ own }) => own !== undefined) : []
  if (known.length > 0) terminal.print(`${known.map(({ client }) => client.title).join(', ')} starts ${application.name} already.`)
  else {
    const clients = { clients: named, printOnly: false, configuration: entry.document.path }
    if (!(await connectClients(application, clients, desk.runtime, terminal))) return exitCodes.failed
  }
  terminal.print(`'${desk.command('doctor')}' looks at all of it.`)
  return exitCodes.ok
}

/** Takes a service alone, that has no target any more, out of the clients it stands in. */
export async function disconnect({ application, options, terminal, desk, entry }: Scene): Promise<void> {
  const named = options.client?.map((text) => namedClient(text, terminal).userPath)
  if (named === undefined && (application.prefixed || !entry.isLast())) return
  for (const { client, path, project, own } of await clientStates(application, undefined, terminal)) {
    if (own === undefined || (named !== undefined && !named.includes(path))) continue
    await writeClient({ client, path, name: own.name, server: undefined, agreed: true, shared: project }, desk.runtime, terminal)
  }
}
