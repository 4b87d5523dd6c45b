import { page, paging } from '@rackwarden/core'
import { z } from 'zod'
import { exitCodeOf, healthOf, imageName, nameOf, projectOf, shortId, troubleOf } from '../container-facts.ts'
import type { ContainerSummary } from '../engine-schema.ts'
import { defineTool } from './define-tool.ts'

/** Lists containers, worst first. */
export const listContainers = defineTool({
  name: 'list_containers',
  title: 'List containers',
  description: 'Containers: running, stopped, unhealthy or restarting, and their compose project (stack); those in trouble first.',
  access: 'observe',
  toolset: 'containers',
  input: z.object({
    name: z.string().optional().describe('Part of the name.'),
    state: z.enum(['running', 'unhealthy', 'restarting', 'paused', 'exited', 'created', 'dead']).optional().describe('State.'),
    project: z.string().optional().describe('Compose project.'),
    ...paging,
  }),
  output: z.object({
    containers: z.array(
      z.object({
        name: z.string().describe('Name.'),
        state: z.string().describe('What the engine says it does.'),
        health: z.string().optional().describe('What its health check says; absent where it has none.'),
        exit_code: z.number().optional().describe('How it ended last, where it is not running.'),
        restarts: z.number().describe('Times the engine restarted it by itself.'),
        since: z.string().describe('How long it has been so.'),
        project: z.string().optional().describe('Compose project.'),
        image: z.string().describe('Image.'),
        id: z.string().describe('First digits of the id.'),
      }),
    ),
    next_cursor: z.string().optional().describe('Pass as `cursor` for more.'),
  }),
  async run({ name, state, project, ...window }, { client, signal }) {
    const found = (await client.containers(signal)).filter(
      (container) =>
        (name === undefined || nameOf(container).includes(name)) &&
        (state === undefined || (state === 'unhealthy' ? healthOf(container) === 'unhealthy' : container.State === state)) &&
        (project === undefined || projectOf(container) === project),
    )
    const { rows, ...rest } = page(worstFirst(found), window)
    const details = await client.inspectAll(
      rows.map(({ Id }) => Id),
      signal,
    )
    const restarts = new Map(details.map(({ Id, RestartCount }) => [Id, RestartCount]))
    return {
      containers: rows.map((container) => {
        const health = healthOf(container)
        return {
          name: nameOf(container),
          state: container.State,
          health: health === 'none' ? undefined : health,
          exit_code: exitCodeOf(container),
          restarts: restarts.get(container.Id) ?? 0,
          since: sinceOf(container),
          project: projectOf(container),
          image: imageName(container.Image),
          id: shortId(container.Id),
        }
      }),
      ...rest,
    }
  },
})

function worstFirst(containers: readonly ContainerSummary[]): ContainerSummary[] {
  return containers.toSorted((first, second) => troubleOf(first) - troubleOf(second) || (nameOf(first) < nameOf(second) ? -1 : 1))
}

// The engine's text repeats state, exit code and health, which have columns of their own.
function sinceOf({ Status }: ContainerSummary): string {
  return Status.replace(/^(?:Up|Exited|Restarting|Created)\b/, '')
    .replace(/\([^)]*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
