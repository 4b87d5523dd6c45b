import type { Application } from '../application.ts'
import { call, type CallOptions } from './call.ts'
import type { Terminal } from './terminal.ts'

/** What `changes` can be told. */
export interface ChangesOptions extends CallOptions {
  service?: string
  tool?: string
  limit?: string
}

/** Lists what was changed, or shows one change whole, as the assistant's tools do. */
export function changes(application: Application, id: string | undefined, options: ChangesOptions, terminal: Terminal): Promise<number> {
  const { service, tool, limit } = options
  const filters = Object.entries({ service, tool, limit }).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
  const [name, pairs] = id === undefined ? ['list_changes', filters] : ['get_change', [`change=${id}`]]
  return call(application, name, pairs, options, terminal)
}

/** Takes a change back, on the path of every write: a plan first. */
export function undo(
  application: Application,
  id: string,
  pairs: readonly string[],
  options: CallOptions,
  terminal: Terminal,
): Promise<number> {
  return call(application, 'undo_change', [`change=${id}`, ...pairs], options, terminal, ['undo', id])
}
