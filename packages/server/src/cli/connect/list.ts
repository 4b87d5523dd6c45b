import type { Application } from '../../application.ts'
import { exitCodes } from '../failure.ts'
import { table, type Terminal } from '../terminal.ts'
import { clientStates } from './client-state.ts'
import { knownClients } from './client.ts'

/** Prints the clients that are known, their settings, and which of them lead here. */
export async function printClients(application: Application, terminal: Terminal): Promise<number> {
  const states = await clientStates(application, undefined, terminal)
  const rows = knownClients(terminal.environment)
    .filter(({ userPath }) => userPath !== undefined)
    .map(({ name, title, userPath = '' }) => {
      const state = states.find(({ path }) => path === userPath)
      const own = state?.own === undefined ? 'not connected' : `connected as '${state.own.name}'`
      return [name, title, state === undefined ? 'no settings yet' : state.problem === undefined ? own : 'cannot be read', userPath]
    })
  terminal.print(table([['client', 'title', 'state', 'settings of this user'], ...rows]))
  terminal.print(`'${application.name} connect <client>' shows the entry, asks, and writes it; '--project' writes that of this directory.`)
  return exitCodes.ok
}
