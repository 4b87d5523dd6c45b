import { ToolError } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import { imageName, nameOf, projectOf, shortId } from './container-facts.ts'
import { nameBefore } from './container-names.ts'
import type { ContainerSummary } from './engine-schema.ts'
import { targetOf } from './targets.ts'

/** Kinds of things that are pruned, in the order they go. */
export const prunedKinds = ['container', 'network', 'image', 'build-cache', 'volume'] as const

/** One thing nothing uses. */
export interface Unused {
  kind: (typeof prunedKinds)[number]
  id: string
  name: string
  bytes: number
  /** Names to take from an image, the last of which takes the image along. */
  tags: readonly string[]
  note: string
}

/** What is looked for. */
export interface PruneChoice {
  images: 'untagged' | 'unused'
  volumes: boolean
  keep: readonly string[]
}

const builtIn = ['bridge', 'host', 'none', 'podman', 'docker_gwbridge', 'ingress']

/** Finds what nothing uses, once the containers that are down are gone. */
export async function unusedOf({ images, volumes, keep }: PruneChoice, client: DockerClient, signal: AbortSignal): Promise<Unused[]> {
  const containers = await client.containers(signal)
  const isKept = (...names: readonly string[]) => names.some((name) => keep.includes(name))
  const isGoing = (container: ContainerSummary) =>
    ['exited', 'created', 'dead'].includes(container.State) &&
    !isKept(nameOf(container), shortId(container.Id)) &&
    nameBefore(nameOf(container), container.Id) === undefined
  const staying = containers.filter((container) => !isGoing(container))
  const usedImages = new Set(staying.map(({ ImageID }) => ImageID))
  const usedNetworks = new Set(staying.flatMap(({ NetworkSettings }) => Object.keys(NetworkSettings?.Networks ?? {})))
  const usedVolumes = new Set(staying.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name)))
  const [written, allImages, networks, cache, allVolumes, volumeSizes] = await Promise.all([
    client.containerSizes(signal),
    client.images(signal),
    client.networks(signal),
    client.buildCache(signal),
    volumes ? client.volumes(signal) : [],
    volumes ? client.volumeSizes(signal) : new Map<string, number>(),
  ])
  const plain = { tags: [], note: '' }
  const found: Unused[] = [
    ...containers.filter(isGoing).map((container) => ({
      ...plain,
      kind: 'container' as const,
      id: container.Id,
      name: nameOf(container),
      bytes: written.get(container.Id) ?? 0,
      note: [container.State, ...(projectOf(container) === undefined ? [] : [`project ${projectOf(container)}`])].join(', '),
    })),
    ...networks
      .filter(({ Name, Scope, Ingress }) => Scope === 'local' && Ingress !== true && !builtIn.includes(Name) && !usedNetworks.has(Name))
      .map(({ Id, Name }) => ({ ...plain, kind: 'network' as const, id: Id, name: Name, bytes: 0 })),
    ...allImages
      .map((image) => ({ ...image, tags: image.RepoTags.filter((tag) => tag !== '<none>:<none>') }))
      .filter(({ Id, tags }) => !usedImages.has(Id) && (images === 'unused' || tags.length === 0))
      .map(({ Id, Size, tags, RepoDigests }) => ({
        ...plain,
        kind: 'image' as const,
        id: Id,
        name: tags[0] ?? shortId(Id),
        bytes: Size,
        tags,
        // Pulled by its digest, or left behind by its tag, it still has a repository.
        note: (tags.length > 0
          ? tags.slice(1)
          : [...new Set(RepoDigests.map(imageName))].filter((name) => !name.startsWith('<none>'))
        ).join(', '),
      })),
    ...cache
      .filter(({ InUse }) => InUse !== true)
      .map(({ ID, Size, Description }) => ({
        ...plain,
        kind: 'build-cache' as const,
        id: ID,
        name: ID,
        bytes: Size,
        note: Description.slice(0, 80),
      })),
    ...allVolumes
      .filter(({ Name }) => !usedVolumes.has(Name))
      .map(({ Name }) => ({ ...plain, kind: 'volume' as const, id: Name, name: Name, bytes: volumeSizes.get(Name) ?? 0 })),
  ]
  return found
    .filter(({ name, id, tags }) => !isKept(name, id, shortId(id), ...tags))
    .toSorted(
      (first, second) =>
        prunedKinds.indexOf(first.kind) - prunedKinds.indexOf(second.kind) ||
        second.bytes - first.bytes ||
        (first.name < second.name ? -1 : 1),
    )
}

/** The address of a thing that is pruned. */
export function unusedTarget(instance: string, { kind, name }: Unused): string {
  return targetOf(instance, kind, name)
}

/** What became of one. */
export type Pruned = 'removed' | 'gone before' | { left: string }

/** Removes exactly this one; what is used meanwhile is left, and what vanished is no failure. */
export async function pruneOne(unused: Unused, client: DockerClient, signal: AbortSignal): Promise<Pruned> {
  try {
    return await removers[unused.kind](unused, client, signal)
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    if (error.code === 'not_found') return 'gone before'
    // The engine refuses to remove what is used.
    if (error.code === 'conflict' || error.code === 'forbidden') return { left: error.message }
    throw error
  }
}

const removers: Record<Unused['kind'], (unused: Unused, client: DockerClient, signal: AbortSignal) => Promise<Pruned>> = {
  container: async ({ id }, client, signal) => {
    if ((await client.inspect(id, signal)).State.Status === 'running') return { left: 'it runs now' }
    await client.remove(id, {}, signal)
    return 'removed'
  },
  network: async ({ id }, client, signal) => {
    await client.removeNetwork(id, signal)
    return 'removed'
  },
  image: removedImage,
  'build-cache': async ({ id }, client, signal) => {
    await client.removeBuildCache(id, signal)
    const isLeft = (await client.buildCache(signal)).some(({ ID }) => ID === id)
    return isLeft ? { left: 'the builder keeps it' } : 'removed'
  },
  volume: async ({ id }, client, signal) => {
    await client.removeVolume(id, signal)
    return 'removed'
  },
}

// A name that means another image by now is not taken away; an image without a name goes by its id.
async function removedImage({ id, tags }: Unused, client: DockerClient, signal: AbortSignal): Promise<Pruned> {
  for (const tag of tags) if ((await client.image(tag, signal))?.Id === id) await client.removeImage(tag, signal)
  if ((await client.image(id, signal)) === undefined) return tags.length === 0 ? 'gone before' : 'removed'
  await client.removeImage(id, signal)
  return 'removed'
}
