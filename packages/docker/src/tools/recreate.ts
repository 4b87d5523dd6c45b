import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import { imageName, nameOf, projectOf, shortId } from '../container-facts.ts'
import type { DockerClient } from '../client.ts'
import { nameBefore, retiredName } from '../container-names.ts'
import type { ContainerSummary } from '../engine-schema.ts'
import { findContainer } from '../find-container.ts'
import { lifecycleOf, settledUp, type Lifecycle } from '../lifecycle.ts'
import { megabytes } from '../numbers.ts'
import { ownTargets } from '../own-container.ts'
import { networkSharers, shutdownWarnings, volumesOf } from '../relations.ts'
import { replace, resumed } from '../replacement.ts'
import { containerTarget } from '../targets.ts'
import { containerInput, defineTool } from './define-tool.ts'

/** A container, and what an interrupted recreation of it left behind. */
interface RecreationState {
  name: string
  /** What bears the name. */
  current: Lifecycle | null
  /** The old one, kept under another name. */
  retired: { id: string; name: string } | null
  /** What the new one is made of, and what its tag names now. */
  image: { old: string; tag: string; now: string | undefined }
}

/** Makes a container anew from its own configuration. */
export const recreateContainer = defineTool({
  name: 'recreate_container',
  title: 'Recreate a container',
  description: 'Replace a container by a new one of the same configuration, on request from the newer image of its tag.',
  access: 'admin',
  toolset: 'deployment',
  wayBackFirst: true,
  input: z.object({
    container: containerInput,
    update_image: z.boolean().default(false).describe('Fetch what its tag names now.'),
  }),
  output: z.object({
    container: z.string().describe('Name.'),
    id: z.string().describe('First digits of the id of the new one.'),
    replaced: z.string().describe('The same of the old one, which is gone.'),
    image_id: z.string().describe('First digits of the id of its image.'),
  }),
  state: async ({ container }, { client, signal }) => stateOf(container, client, signal),
  basis: (state) =>
    state === null
      ? null
      : { current: state.current?.id, running: state.current?.up, retired: state.retired?.id, old: state.image.old, now: state.image.now },
  plan: async (input, { state, client, instance, signal }) =>
    planRecreation(input, { state: await found(state, input.container, client, signal), client, instance, signal }),
  async run({ container, update_image }, { state: known, client, signal, progress }) {
    const state = await found(known, container, client, signal)
    const { name, retired, current } = state
    if (retired !== null) await resumed({ retired, current: current ?? undefined }, name, client, signal)
    const id = retired?.id ?? current?.id ?? ''
    const image = imageFor(state, update_image)
    const made = await replace({ name, id, up: retired !== null || current?.up === true, image }, { client, signal, progress })
    return { container: name, id: shortId(made), replaced: shortId(id), image_id: shortId(image.id) }
  },
  // Named by its old id it is not found again, which is as it should be.
  settled: (after, _, before) => {
    if (after === null) return true
    if (after.current === null || after.current.id === before?.current?.id) return 'the new one is not there yet'
    return after.current.up ? settledUp(after.current) : true
  },
  settleWithinMs: 60_000,
  undo: 'irreversible',
})

async function stateOf(reference: string, client: DockerClient, signal: AbortSignal): Promise<RecreationState | null> {
  const containers = await client.containers(signal)
  const retiredOf = (name: string) => containers.find((container) => nameBefore(nameOf(container), container.Id) === name)
  const direct = foundOrNot(containers, reference)
  const name = direct === undefined ? reference : (nameBefore(nameOf(direct), direct.Id) ?? nameOf(direct))
  const retired = retiredOf(name)
  const bearer = containers.find((container) => nameOf(container) === name)
  const source = retired ?? bearer
  if (source === undefined) return null
  const detail = await client.inspect(source.Id, signal)
  const local = await client.image(detail.Config.Image, signal)
  return {
    name,
    current: bearer === undefined ? null : await lifecycleOf(bearer.Id, client, signal),
    retired: retired === undefined ? null : { id: retired.Id, name: nameOf(retired) },
    image: { old: detail.Image, tag: detail.Config.Image, now: local?.Id },
  }
}

function foundOrNot(containers: readonly ContainerSummary[], reference: string): ContainerSummary | undefined {
  try {
    return findContainer(containers, reference)
  } catch (error) {
    if (ToolError.isInstance(error) && error.code === 'not_found') return undefined
    throw error
  }
}

async function found(
  state: RecreationState | null,
  reference: string,
  client: DockerClient,
  signal: AbortSignal,
): Promise<RecreationState> {
  if (state !== null) return state
  findContainer(await client.containers(signal), reference)
  throw new TypeError('It was not there a moment ago.')
}

/** The image the new one is made of: by its tag where that names it, else by its id. */
function imageFor({ image: { old, tag, now } }: RecreationState, isUpdated: boolean): { id: string; name: string } {
  if (isUpdated && now !== undefined) return { id: now, name: tag }
  return { id: old, name: now === old ? tag : old }
}

interface RecreationContext {
  state: RecreationState
  client: DockerClient
  instance: string
  signal: AbortSignal
}

async function planRecreation({ update_image }: { update_image: boolean }, context: RecreationContext): Promise<Plan> {
  const { state, client, instance, signal } = context
  const { name, current, retired, image } = state
  refuseWhereBothRan(state)
  const id = retired?.id ?? current?.id ?? ''
  const [all, detail, bytes, old] = await Promise.all([
    client.containers(signal),
    client.inspect(id, signal),
    client.writableBytes(id, signal),
    lifecycleOf(id, client, signal),
  ])
  if (detail.HostConfig.AutoRemove === true)
    throw new ToolError('conflict', `${name} was made to be removed when it ends: it cannot be kept until a new one is well.`, {
      hint: 'Whatever made it makes it again.',
    })
  if ('com.docker.swarm.service.id' in detail.Config.Labels)
    throw new ToolError('conflict', `${name} belongs to a swarm service, which makes and replaces its containers itself.`, {
      hint: 'Update the service.',
    })
  if (update_image && image.now === undefined)
    throw new ToolError('not_found', `The image ${image.tag} is not on the engine any more.`, {
      hint: `The owner fetches it with: docker pull ${image.tag}; or leave update_image out.`,
    })
  const chosen = imageFor(state, update_image)
  const sharing = networkSharers(all, old, { down: true })
  const sharers = sharing.map(nameOf)
  const project = projectOf(detail.Config)
  const { anonymous, named } = volumesOf(detail)
  const about = [imageName(image.tag), ...(project === undefined ? [] : [`project ${project}`])]
  const kept = retiredName(name, id)
  return {
    summary: `Recreate ${name} (${about.join(', ')})`,
    targets: [
      ...[name, kept, ...sharers].map((target) => containerTarget(instance, target)),
      ...(await ownTargets(client, [id, ...sharing.map(({ Id }) => Id)])),
    ],
    diff: [
      `container: ${shortId(id)} → a new one of the same configuration`,
      ...(chosen.id === image.old ? [] : [`image: ${shortId(image.old)} → ${shortId(chosen.id)}`]),
      `what it wrote beside its volumes: ${bytes === undefined ? 'size unknown' : `${megabytes(bytes)} MB`} → gone, with its log`,
    ],
    warnings: [
      ...(retired === null
        ? [`Until the new one is well the old one is kept, stopped, as ${kept}; where it is not, the old one comes back.`]
        : [
            `A recreation was interrupted: ${retired.name} takes the name back${current === null ? '' : ' from a container that never ran'} and is recreated.`,
          ]),
      ...(named.length + anonymous.length === 0 ? [] : [`Its volumes go over to the new one: ${[...named, ...anonymous].join(', ')}.`]),
      ...(sharers.length === 0
        ? []
        : [`They live in its network, know it by its id, and must be recreated after it: ${sharers.join(', ')}.`]),
      ...imageWarnings(state, update_image, chosen.id),
      ...(project === undefined ? [] : [composeWarning(project, chosen.id === image.now)]),
      ...(retired === null && current?.up === true
        ? shutdownWarnings(detail, old, all, sharers).filter((warning) => !warning.startsWith('In its network'))
        : []),
      ...(retired === null && current?.up === false ? [`It is ${current.state}, so the new one is made but not started.`] : []),
    ],
  }
}

/** Where the new one ran already, only a person can say which of the two is right. */
function refuseWhereBothRan({ name, current, retired }: RecreationState): void {
  if (retired === null || current === null || current.state === 'created') return
  throw new ToolError(
    'conflict',
    `A recreation of ${name} was interrupted after the new one had started: the old one is kept as ${retired.name}.`,
    {
      hint: `Where ${name} works: delete_container container=${retired.name}. Where it does not: delete_container container=${name}, then recreate_container container=${name} brings the old one back.`,
    },
  )
}

function imageWarnings({ image }: RecreationState, isUpdated: boolean, chosen: string): string[] {
  if (isUpdated && chosen === image.old) return [`${image.tag} still names the image it is made of: nothing newer is on the engine.`]
  if (!isUpdated && image.now !== undefined && image.now !== image.old)
    return [`${image.tag} names a newer image on the engine; the new one is made of the old one, by its id.`]
  return []
}

function composeWarning(project: string, isOfTag: boolean): string {
  return isOfTag
    ? `Compose takes the new one for its own: the next up of the project ${project} changes nothing for it.`
    : `Compose notices that its image is not what its tag names: the next up of the project ${project} makes it again.`
}
