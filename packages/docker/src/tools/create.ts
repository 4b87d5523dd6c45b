import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import { ownFileTargets, refuseBind } from '../bind-policy.ts'
import type { DockerClient } from '../client.ts'
import { nameOf, shortId } from '../container-facts.ts'
import { creationInput, creationLines, creationRequest, mountsOf, portsOf, type CreationInput } from '../creation.ts'
import { lifecycleIfAny, settledUp, type Lifecycle } from '../lifecycle.ts'
import { resolved } from '../lent-values.ts'
import { ownTargets } from '../own-container.ts'
import { volumesOf } from '../relations.ts'
import { containerTarget, targetOf } from '../targets.ts'
import { defineTool } from './define-tool.ts'

interface CreationState {
  found: Lifecycle | null
  image: string | undefined
}

/** Makes a container and starts it. */
export const createContainer = defineTool({
  name: 'create_container',
  title: 'Create a container',
  description: 'Create and run a new container from a local image, ports published; done once healthy.',
  access: 'configure',
  toolset: 'deployment',
  wayBackFirst: true,
  input: creationInput,
  output: z.object({
    container: z.string().describe('Name.'),
    id: z.string().describe('First digits of the id.'),
    state: z.string().describe('What the engine says it does.'),
    health: z.string().optional().describe('What its health check says; absent where it has none.'),
  }),
  state: async ({ name, image }, { client, signal }): Promise<CreationState> => {
    const [containers, local] = await Promise.all([client.containers(signal), client.image(image, signal)])
    const holder = containers.find((container) => nameOf(container) === name)
    return { found: holder === undefined ? null : await lifecycleIfAny(holder.Id, client, signal), image: local?.Id }
  },
  basis: ({ found, image }) => ({ id: found?.id, image }),
  plan: async (input, { state, client, instance, signal }) => planCreation(input, { state, client, instance, signal }),
  async run(input, { client, signal }) {
    const environment = await resolved(input.environment, client.containerSecrets)
    const id = await client.create(input.name, creationRequest(input, environment), signal)
    try {
      await client.start(id, signal)
    } catch (error) {
      // A container that never ran is nobody's: it must not stand in the way of the next attempt.
      await client.remove(id, { force: true, volumes: true }, AbortSignal.timeout(60_000))
      throw error
    }
    return { container: input.name, id: shortId(id), state: 'running' }
  },
  settled: ({ found }) => (found === null ? { failed: 'it is gone again' } : settledUp(found)),
  settleWithinMs: 120_000,
  verified: (output, { found }) => ({
    ...output,
    state: found?.state ?? 'gone',
    health: found?.up !== true || found.health === 'none' ? undefined : found.health,
  }),
  undo: (_, input, { after, output }) => ({
    tool: 'delete_created_container',
    input: { id: after.found?.id ?? output.id, name: input.name, given: input },
  }),
})

interface CreationContext {
  state: CreationState
  client: DockerClient
  instance: string
  signal: AbortSignal
}

async function planCreation(input: CreationInput, { state, client, instance, signal }: CreationContext): Promise<Plan> {
  if (state.found !== null)
    throw new ToolError('conflict', `There is a container '${input.name}' already (${state.found.state}).`, {
      hint: 'Choose another name; recreate_container makes it anew from its own configuration.',
    })
  if (state.image === undefined)
    throw new ToolError('not_found', `The image '${input.image}' is not on the engine.`, {
      hint: `list_images shows those that are; the owner fetches one with: docker pull ${input.image}`,
    })
  const mounts = mountsOf(input)
  for (const mount of mounts) if (mount.type === 'bind') await refuseBind(mount, client)
  const [volumes, networks, containers] = await Promise.all([client.volumes(signal), client.networks(signal), client.containers(signal)])
  for (const { Name, Options } of volumes) {
    // Such a volume is a directory of the host by another name.
    const { device = '' } = Options
    const mount = mounts.find(({ type, source }) => type === 'volume' && source === Name)
    if (mount !== undefined && device.startsWith('/')) await refuseBind({ ...mount, source: device }, client)
  }
  const network = networks.find(({ Name }) => Name === input.network)
  if (network === undefined)
    throw new ToolError('not_found', `There is no network '${input.network}'.`, { hint: 'list_networks shows the names.' })
  if (network.Driver === 'host')
    throw new ToolError('protected', 'A container is not given the network of the host.', { hint: 'Publish its ports instead.' })
  for (const { inside, outside } of portsOf(input)) {
    const holder = containers.find(({ Ports }) =>
      Ports.some(({ PublicPort, Type }) => String(PublicPort) === outside && inside.endsWith(`/${Type}`)),
    )
    if (holder !== undefined)
      throw new ToolError('conflict', `Port ${outside} is published by ${nameOf(holder)} already.`, { hint: 'Choose another port.' })
  }
  // Refused now rather than halfway.
  await resolved(input.environment, client.containerSecrets)
  const known = new Set(volumes.map(({ Name }) => Name))
  const fresh = mounts.filter(({ type, source }) => type === 'volume' && !known.has(source)).map(({ source }) => source)
  const shared = containers.filter(({ Mounts }) =>
    Mounts.some(({ Name }) => mounts.some(({ type, source }) => type === 'volume' && source === Name)),
  )
  const binds = mounts.filter(({ type, readOnly }) => type === 'bind' && !readOnly).map(({ source }) => source)
  return {
    summary: `Create ${input.name} from ${input.image}`,
    targets: [
      containerTarget(instance, input.name),
      ...mounts.map(({ type, source }) =>
        type === 'volume' ? targetOf(instance, 'volume', source) : targetOf(instance, 'directory', source.replace(/^\//, '')),
      ),
      ...(await ownFileTargets(mounts, client, signal)),
    ],
    diff: [...creationLines(input), ...fresh.map((name) => `volume ${name}: (none) → new`)],
    warnings: [
      ...(binds.length === 0 ? [] : [`Whoever is in it can write to these directories of the host: ${binds.join(', ')}.`]),
      ...(shared.length === 0 ? [] : [`It shares volumes with ${shared.map(nameOf).join(', ')}.`]),
      ...(fresh.length === 0 ? [] : ['Taking it back deletes the container; volumes with a name stay.']),
    ],
  }
}

/** Takes a creation back: deletes the one container it made, whatever bears its name now. */
export const deleteCreatedContainer = defineTool({
  name: 'delete_created_container',
  title: 'Delete a container that was created',
  description: 'Takes create_container back: deletes exactly the container it made.',
  access: 'configure',
  internal: true,
  input: z.object({
    id: z.string().min(12).describe('Id of the container.'),
    name: z.string().describe('Name it was given.'),
    given: z.record(z.string(), z.unknown()).describe('What it was made from.'),
  }),
  output: z.object({
    container: z.string().describe('Name it had.'),
    volumes_kept: z.array(z.string()).describe('Volumes that are still there.'),
  }),
  state: async ({ id }, { client, signal }) => lifecycleIfAny(id, client, signal),
  basis: (state) => state?.id ?? null,
  async plan({ id, name }, { state, client, instance, signal }) {
    const { found, detail } = await madeOne(id, name, state, client, signal)
    const { named, anonymous } = volumesOf(detail)
    return {
      summary: `Delete ${name}, as it was created (${shortId(found.id)})`,
      targets: [
        containerTarget(instance, name),
        ...anonymous.map((volume) => targetOf(instance, 'volume', volume)),
        ...(await ownTargets(client, [found.id])),
      ],
      diff: [`container: ${found.state} → gone`, ...anonymous.map((volume) => `volume ${volume} (made for it without a name): → gone`)],
      warnings: [
        'What it wrote beside its volumes goes with it.',
        ...(named.length === 0 ? [] : [`Its volumes stay: ${named.join(', ')}.`]),
      ],
    }
  },
  async run({ id, name }, { state, client, signal }) {
    const { found, detail } = await madeOne(id, name, state, client, signal)
    if (found.up) await client.stop(id, signal)
    await client.remove(id, { volumes: true }, signal)
    return { container: name, volumes_kept: volumesOf(detail).named }
  },
  settled: (after) => after === null || 'it is still there',
  undo: (_, { given }) => ({ tool: 'create_container', input: given }),
})

async function madeOne(id: string, name: string, found: Lifecycle | null, client: DockerClient, signal: AbortSignal) {
  if (found === null || !found.id.startsWith(id))
    throw new ToolError('not_found', `The container ${shortId(id)} that was created as ${name} is gone.`, {
      hint: 'What bears its name now is another one.',
    })
  if (found.name !== name)
    throw new ToolError('conflict', `The container that was created as ${name} is called ${found.name} now.`, {
      hint: `Somebody made it theirs. If it must go: delete_container container=${found.name}.`,
    })
  return { found, detail: await client.inspect(id, signal) }
}
