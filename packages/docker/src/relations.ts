import { dependenciesOf, isUp, nameOf, projectOf, serviceOf } from './container-facts.ts'
import type { ContainerDetail, ContainerSummary } from './engine-schema.ts'

/** What of a container others go by. */
interface Related {
  id: string
  name: string
  state: string
}

/** What the end of a container means to others, a sentence each. */
export function shutdownWarnings(
  { Config }: ContainerDetail,
  state: Related,
  all: readonly ContainerSummary[],
  sharers: readonly string[],
): string[] {
  const dependents = all
    .filter(
      (other) =>
        other.Id !== state.id &&
        isUp(other.State) &&
        !sharers.includes(nameOf(other)) &&
        projectOf(other) !== undefined &&
        projectOf(other) === projectOf(Config) &&
        dependenciesOf(other).includes(serviceOf(Config) ?? ''),
    )
    .map(nameOf)
  return [
    ...(sharers.length === 0 ? [] : [`In its network, and without one until restarted themselves: ${sharers.join(', ')}.`]),
    ...(dependents.length === 0 ? [] : [`Depend on it, and may fail while it is away: ${dependents.join(', ')}.`]),
    ...(state.state === 'running' ? [stopTimeoutOf(Config.StopTimeout ?? 10)] : []),
    ...(state.state === 'paused' ? ['It is paused now; that ends.'] : []),
  ]
}

function stopTimeoutOf(seconds: number): string {
  return seconds < 0
    ? 'It is given all the time it takes to end in order.'
    : `It is given ${seconds} seconds to end in order, then it is killed.`
}

/** The containers that live in the network of another; those that are down, too, where asked for. */
export function networkSharers(
  all: readonly ContainerSummary[],
  { id, name }: Pick<Related, 'id' | 'name'>,
  { down = false } = {},
): ContainerSummary[] {
  return all.filter(
    ({ HostConfig, State }) => (down || isUp(State)) && [`container:${id}`, `container:${name}`].includes(HostConfig?.NetworkMode ?? ''),
  )
}

/** The volumes of a container: those somebody named, and those that were made for it without a name. */
export function volumesOf({ Mounts }: Pick<ContainerDetail, 'Mounts'>): { named: string[]; anonymous: string[] } {
  const names = Mounts.filter(({ Type, Name }) => Type === 'volume' && Name !== '').map(({ Name }) => Name)
  const isAnonymous = (name: string) => /^[0-9a-f]{64}$/.test(name)
  return { named: names.filter((name) => !isAnonymous(name)), anonymous: names.filter(isAnonymous) }
}
