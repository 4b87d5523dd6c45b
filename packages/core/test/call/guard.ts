import { defineService, toolsFor, type Pause, type Service } from '@rackwarden/core'
import { z } from 'zod'

/** What watches, and what of it is paused under which id. */
export interface Guard {
  paused: Map<string, readonly string[]>
  /** Everything it was told, in order. */
  told: string[]
  failure: { pause?: Error; resume?: Error }
  state: string
}

/** Nothing is paused. */
export function createGuard(): Guard {
  return { paused: new Map(), told: [], failure: {}, state: 'up' }
}

/** A service that watches whatever goes by the name of the bell of a shelf, and two things beside. */
export function guardService(guard: Guard): Service {
  return defineService({
    name: 'guard',
    title: 'Guard',
    description: 'Watches things.',
    instances: 'many',
    config: {},
    connect: () => guard,
    health: () => ({ evidence: 'awake' }),
    assets: (client) =>
      Promise.resolve(
        ['bell', 'lamp', 'door'].map((name) => ({
          target: `guard/monitor/${name}`,
          kind: 'monitor',
          name: `${name} watch`,
          aliases: [name === 'bell' ? 'main' : name],
          addresses: [],
          macs: [],
          state: client.state,
        })),
      ),
    watchers: {
      tool: 'pause_monitor',
      pause: (client, watchers, pause: Pause) => {
        if (client.failure.pause !== undefined) return Promise.reject(client.failure.pause)
        client.told.push(`pause ${watchers.map(({ target }) => target).join(' ')}`)
        client.paused.set(
          pause.id,
          watchers.map(({ target }) => target),
        )
        return Promise.resolve()
      },
      resume: (client, id) => {
        if (client.failure.resume !== undefined) return Promise.reject(client.failure.resume)
        if (client.paused.delete(id)) client.told.push('resume')
        return Promise.resolve()
      },
    },
    simulate: () => Promise.reject(new Error('a guard needs no simulator')),
    tools: [
      toolsFor<Guard>()({
        name: 'pause_monitor',
        title: 'Pause a monitor',
        description: 'Keeps it from watching.',
        access: 'operate',
        input: z.object({ name: z.string().describe('Name.') }),
        output: z.object({}),
        state: () => ({}),
        plan: ({ name }) => ({ summary: `Pause ${name}`, targets: [`guard/monitor/${name}`] }),
        run: () => ({}),
        undo: 'transient',
      }),
    ],
  })
}
