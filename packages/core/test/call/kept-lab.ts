import { ToolError } from '@rackwarden/core'
import { defaultApproval, openCatalogue, type CallResult, type Catalogue, type Runtime } from '@rackwarden/core/runtime'
import type { Jam } from '../shelf.ts'
import { shelfService } from '../shelf.ts'
import { createGuard, guardService } from './guard.ts'
import { createHouse, createKeeper, houseService, keeperService } from './house.ts'
import { keptMap, keptShelf } from './kept-shelf.ts'

/** Shelves and a guard that outlive the processes at work with them; mirrored where there are several shelves. */
export interface KeptLab {
  stateDirectory: string
  /** File of each shelf, by instance. */
  shelves: Record<string, string>
  guard?: string
  /** Files of a machine, and of the copies of it. */
  house?: { notes: string; copies: string }
  /** An instance that does not answer. */
  down?: string
  /** An instance whose next write fails. */
  jammed?: { instance: string; when: Jam['when'] }
}

/** What one process has of it. */
export interface OpenKept {
  catalogue: Catalogue
  call: (name: string, input?: Record<string, unknown>) => Promise<CallResult>
}

/** Opens it as one process does; `passed` is told before and after everything that happens to a shelf or the guard. */
export function openKept(
  { shelves: files, guard, house, down, jammed }: KeptLab,
  runtime: Runtime,
  passed: () => void = () => undefined,
): OpenKept {
  const shelves = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, keptShelf(file, passed)]))
  const [away, stuck] = [shelves[down ?? ''], shelves[jammed?.instance ?? '']]
  if (away !== undefined) away.failure = new ToolError('unreachable', 'Nothing answers.')
  if (stuck !== undefined) stuck.jam = { error: new ToolError('upstream', 'It jams.'), when: jammed?.when ?? 'before', once: true }
  const instances = Object.keys(files).map((name) => ({ name, source: 'test', values: { shelf: name } }))
  const common = { toolsOff: [], missing: [], off: false }
  const beside = [
    ...(guard === undefined ? [] : [guardService({ ...createGuard(), paused: keptMap(guard, passed) })]),
    ...(house === undefined
      ? []
      : [
          houseService({ ...createHouse(), notes: keptMap(house.notes, passed) }),
          keeperService({ ...createKeeper(), copies: keptMap(house.copies, passed) }),
        ]),
  ]
  const catalogue = openCatalogue({
    name: 'shelves',
    title: 'Shelves',
    services: [shelfService(shelves, instances.length > 1 ? 'mirrored' : 'many'), ...beside],
    prefixed: true,
    runtime,
    configuration: {
      tier: 'configure',
      approval: defaultApproval,
      services: {
        shelf: { ...common, instances },
        ...Object.fromEntries(
          beside.map((service) => [service.name, { ...common, instances: [{ name: 'default', source: 'test', values: {} }] }]),
        ),
      },
    },
  })
  return {
    catalogue,
    call: (name, input = {}) => catalogue.call({ name, input, caller: { principal: 'local:tester', tier: 'configure' } }),
  }
}
