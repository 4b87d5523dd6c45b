import { type Plan } from '@rackwarden/core'
import { z } from 'zod'
import { imageName, nameOf, projectOf, shortId } from '../container-facts.ts'
import type { DockerClient } from '../client.ts'
import { findContainer } from '../find-container.ts'
import { lifecycleIfAny, type Lifecycle } from '../lifecycle.ts'
import { megabytes } from '../numbers.ts'
import { ownTargets } from '../own-container.ts'
import { networkSharers, shutdownWarnings, volumesOf } from '../relations.ts'
import { containerTarget, targetOf } from '../targets.ts'
import { containerInput, defineTool } from './define-tool.ts'

/** Deletes a container; its volumes stay. */
export const deleteContainer = defineTool({
  name: 'delete_container',
  title: 'Delete a container',
  description: 'Delete a container for good, with what it wrote beside its volumes; stopped in order first. Volumes stay.',
  access: 'admin',
  wayBackFirst: true,
  toolset: 'deployment',
  idempotent: true,
  input: z.object({
    container: containerInput,
    force: z.boolean().default(false).describe('Kill it instead.'),
    volumes: z.boolean().default(false).describe('Also its nameless ones.'),
  }),
  output: z.object({
    container: z.string().describe('Name it had.'),
    id: z.string().describe('First digits of the id it had.'),
    volumes_kept: z.array(z.string()).describe('Its volumes that are still there.'),
    volumes_deleted: z.array(z.string()).describe('Volumes that went with it.'),
  }),
  state: async ({ container }, { client, signal }) => lifecycleIfAny(container, client, signal),
  basis: (state) => (state === null ? null : { id: state.id, running: state.up }),
  plan: async (input, context) => {
    const state = context.state ?? (await absent(input.container, context))
    return planDeletion(input, { ...context, state })
  },
  async run({ force, volumes, container }, context) {
    const { client, signal } = context
    const { id, up, name } = context.state ?? (await absent(container, context))
    const { named, anonymous } = volumesOf(await client.inspect(id, signal))
    if (up && !force) await client.stop(id, signal)
    await client.remove(id, { force, volumes }, signal)
    return {
      container: name,
      id: shortId(id),
      volumes_kept: [...named, ...(volumes ? [] : anonymous)],
      volumes_deleted: volumes ? anonymous : [],
    }
  },
  settled: (after, _, before) => after === null || after.id !== before?.id || 'it is still there',
  settleWithinMs: 60_000,
  undo: 'irreversible',
})

interface DeletionContext {
  client: DockerClient
  instance: string
  signal: AbortSignal
}

/** Throws what a call that names nobody is told. */
async function absent(reference: string, { client, signal }: DeletionContext): Promise<never> {
  findContainer(await client.containers(signal), reference)
  throw new TypeError('It was not there a moment ago.')
}

async function planDeletion(
  { force, volumes }: { force: boolean; volumes: boolean },
  { client, instance, signal, state }: DeletionContext & { state: Lifecycle },
): Promise<Plan> {
  const [all, detail, bytes] = await Promise.all([
    client.containers(signal),
    client.inspect(state.id, signal),
    client.writableBytes(state.id, signal),
  ])
  const sharing = networkSharers(all, state, { down: true })
  const sharers = sharing.map(nameOf)
  const project = projectOf(detail.Config)
  const { named, anonymous } = volumesOf(detail)
  const about = [imageName(detail.Config.Image), ...(project === undefined ? [] : [`project ${project}`])]
  const kept = [...named, ...(volumes ? [] : anonymous)]
  const going = volumes ? anonymous : []
  const target = (name: string) => containerTarget(instance, name)
  return {
    summary: `Delete ${state.name} (${about.join(', ')})`,
    targets: [
      target(state.name),
      ...sharers.map(target),
      ...going.map((name) => targetOf(instance, 'volume', name)),
      ...(await ownTargets(client, [state.id, ...sharing.map(({ Id }) => Id)])),
    ],
    diff: [
      `container: ${state.state} → gone`,
      `what it wrote beside its volumes: ${bytes === undefined ? 'size unknown' : `${megabytes(bytes)} MB`} → gone, with its log`,
      ...going.map((name) => `volume ${name} (made for it without a name): → gone`),
    ],
    warnings: [
      ...(kept.length === 0 ? [] : [`Its volumes stay: ${kept.join(', ')}.`]),
      ...(sharers.length === 0 ? [] : [`They live in its network and cannot start without it: ${sharers.join(', ')}.`]),
      ...(project === undefined ? [] : [`Compose makes it again at the next up of the project ${project}.`]),
      ...shutdownWarnings(detail, state, all, sharers).filter((warning) => !warning.startsWith('In its network')),
      ...(force && state.up ? ['It is killed, not stopped in order.'] : []),
    ].filter((warning) => !(force && warning.startsWith('It is given'))),
  }
}
