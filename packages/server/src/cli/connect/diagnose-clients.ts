import type { Diagnosis } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'
import type { ClientState } from './client-state.ts'

const subject = 'client'

/** Says of clients' settings whether they lead to this application, and whether they can. */
export function diagnoseClients({ name }: Application, states: readonly ClientState[]): Diagnosis[] {
  if (states.length === 0) return [{ level: 'ok', subject, message: 'no client that is known here has settings of this user' }]
  const told = states.flatMap((state) => diagnoseClient(name, state))
  const without = states.filter(({ own, problem, project }) => own === undefined && problem === undefined && !project)
  if (without.length === 0) return told
  const isConnected = states.some(({ own }) => own !== undefined)
  const titles = without.map(({ client }) => client.title).join(', ')
  const message = `${titles}: nothing there leads to ${name}`
  const fix = `Run '${name} connect ${without.map(({ client }) => client.name).join('|')}' if ${without.length === 1 ? 'it' : 'one of them'} shall.`
  return [...told, isConnected ? { level: 'ok', subject, message } : { level: 'warning', subject, message, fix }]
}

function diagnoseClient(name: string, { client, path, project, own, problem }: ClientState): Diagnosis[] {
  const again = `Run '${name} connect ${client.name}${project ? ' --project' : ''}' to write it anew.`
  if (problem !== undefined)
    return [{ level: 'warning', subject, message: `${client.title}: ${problem}`, fix: 'Mend the file; the client cannot read it either.' }]
  if (own === undefined) return []
  if (own.absent !== undefined)
    return [{ level: 'warning', subject, message: `${client.title}: ${own.absent} is not there (${path})`, fix: again }]
  const { title } = client
  const message =
    own.url === undefined ? `${title} starts it as '${own.name}' (${path})` : `${title} reaches it at ${own.url} as '${own.name}' (${path})`
  return [{ level: 'ok', subject, message }]
}
