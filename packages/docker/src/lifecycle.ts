import { ToolError, type Plan, type Settled } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import { detailHealthOf, imageName, isUp, lastProbe, nameOf, oneLine, projectOf, type HealthStatus } from './container-facts.ts'
import type { ContainerDetail } from './engine-schema.ts'
import { findContainer } from './find-container.ts'
import { ownTargets } from './own-container.ts'
import { networkSharers, shutdownWarnings } from './relations.ts'
import { containerTarget } from './targets.ts'

/** How long a container without a health check is watched to stay up. */
export const watchedSeconds = 3

/** What starting and stopping a container depends on, and is judged by. */
export interface Lifecycle {
  id: string
  name: string
  up: boolean
  state: string
  health: HealthStatus
  exitCode: number
  startedAt: string
  /** Restarts by the engine since somebody started it. */
  restarts: number
  policy: string
  /** By the engine's clock; only where nothing better tells that it works. */
  upSeconds: number | undefined
  /** What its last probe or its log says, where it is not well. */
  evidence: string
}

/** Reads where a container stands. */
export async function lifecycleOf(reference: string, client: DockerClient, signal: AbortSignal): Promise<Lifecycle> {
  const { Id } = findContainer(await client.containers(signal), reference)
  const detail = await client.inspect(Id, signal)
  const { State, HostConfig, RestartCount } = detail
  const health = judgedHealth(detail)
  const hasFailed = (State.Status !== 'running' && State.ExitCode !== 0) || State.Status === 'restarting' || RestartCount > 0
  const isWatched = State.Status === 'running' && health === 'none'
  return {
    id: Id,
    name: detail.Name.replace(/^\//, ''),
    up: isUp(State.Status),
    state: State.Status,
    health,
    exitCode: State.ExitCode,
    startedAt: State.StartedAt,
    restarts: RestartCount,
    policy: HostConfig.RestartPolicy?.Name || 'no',
    upSeconds: isWatched ? await secondsUp(State.StartedAt, client, signal) : undefined,
    evidence: health === 'unhealthy' ? lastProbe(detail) : hasFailed ? oneLine(State.Error) || (await client.lastLine(detail, signal)) : '',
  }
}

/** The same, or nothing where there is no such container. */
export async function lifecycleIfAny(reference: string, client: DockerClient, signal: AbortSignal): Promise<Lifecycle | null> {
  try {
    return await lifecycleOf(reference, client, signal)
  } catch (error) {
    if (ToolError.isInstance(error) && error.code === 'not_found') return null
    throw error
  }
}

/** The part of it a plan is bound to: a crash loop going round does not void one. */
export function lifecycleBasis({ id, up }: Lifecycle): { id: string; running: boolean } {
  return { id, running: up }
}

// A verdict from before the start, which some engines leave standing, is not one on it.
function judgedHealth(detail: ContainerDetail): HealthStatus {
  const { State } = detail
  const health = detailHealthOf(detail)
  const lastProbeAt = Date.parse(State.Health?.Log.at(-1)?.Start ?? '')
  const isStale = lastProbeAt < Date.parse(State.StartedAt)
  return (health === 'healthy' || health === 'unhealthy') && isStale && State.Status === 'running' ? 'starting' : health
}

async function secondsUp(startedAt: string, client: DockerClient, signal: AbortSignal): Promise<number | undefined> {
  const now = await client.now(signal)
  return now === undefined ? undefined : Math.floor((now - Date.parse(startedAt)) / 1000)
}

/** Judges a container that was started, or restarted: running, and healthy where it can tell. */
export function settledUp(after: Lifecycle): Settled {
  const said = after.evidence === '' ? '' : `: ${after.evidence}`
  if (after.state === 'restarting' || after.restarts > 0)
    return { failed: `it ended again with exit code ${after.exitCode} and is in a restart loop${said}` }
  if (after.state === 'paused') return { failed: 'it is paused' }
  if (after.state !== 'running') {
    if (after.state === 'exited' && after.exitCode === 0 && after.policy === 'no') return true
    return { failed: `it is ${after.state} again, with exit code ${after.exitCode}${said}` }
  }
  if (after.health === 'unhealthy') return { failed: `it runs but its health check fails${said}` }
  if (after.health === 'starting') return 'its health check has not passed yet'
  if (after.health === 'none' && after.upSeconds !== undefined && after.upSeconds < watchedSeconds)
    return `it has no health check and is watched to stay up for ${watchedSeconds} seconds`
  return true
}

/** What the plan of a start, stop or restart is made of. */
export interface LifecyclePlan {
  action: 'start' | 'stop' | 'restart'
  state: Lifecycle
  instance: string
  client: DockerClient
  signal: AbortSignal
}

/** Tells what a start, stop or restart would do, and to whom; throws where it is refused. */
export async function planLifecycle({ action, state, instance, client, signal }: LifecyclePlan): Promise<Plan> {
  if (action === 'start' && state.state === 'paused')
    throw new ToolError('conflict', `${state.name} is paused; the engine does not start what is paused.`, {
      hint: 'restart_container ends the pause with a fresh start.',
    })
  const [all, detail] = await Promise.all([client.containers(signal), client.inspect(state.id, signal)])
  if (action === 'stop' && detail.HostConfig.AutoRemove === true)
    throw new ToolError('conflict', `${state.name} was made to be removed when it ends: stopping it would delete it.`, {
      hint: 'restart_container keeps it; delete_container deletes it.',
    })
  const target = containerTarget(instance, state.name)
  if (action !== 'restart' && state.up === (action === 'start'))
    return { summary: `${state.name} is ${state.state} already: there is nothing to change.`, targets: [target], nothing: true }

  const project = projectOf(detail.Config)
  const verb = action === 'start' ? 'Start' : action === 'stop' ? 'Stop' : 'Restart'
  const about = [imageName(detail.Config.Image), ...(project === undefined ? [] : [`project ${project}`])]
  if (action === 'restart' && !state.up) about.push(`${state.state} now, so it is started`)
  const sharing = action === 'start' ? [] : networkSharers(all, state)
  const sharers = sharing.map(nameOf)
  const own = action === 'start' ? [] : await ownTargets(client, [state.id, ...sharing.map(({ Id }) => Id)])
  return {
    summary: `${verb} ${state.name} (${about.join(', ')})`,
    targets: [target, ...sharers.map((name) => containerTarget(instance, name)), ...own],
    diff: diffOf(action, state),
    warnings: [
      ...(action === 'start' ? [] : shutdownWarnings(detail, state, all, sharers)),
      ...(action === 'stop' ? stopWarnings(state) : startWarnings(detail, state)),
    ],
  }
}

function diffOf(action: LifecyclePlan['action'], { state, health }: Lifecycle): string[] {
  if (action === 'stop') return [`state: ${state} → exited`]
  return [
    ...(state === 'running' ? [] : [`state: ${state} → running`]),
    ...(health === 'unhealthy' ? ['health: unhealthy → healthy, if that helps'] : []),
  ]
}

function startWarnings({ Config }: ContainerDetail, state: Lifecycle): string[] {
  const [probe = 'NONE'] = Config.Healthcheck?.Test ?? []
  return [
    ...(probe === 'NONE'
      ? [`It has no health check: it can only be watched to stay up for ${watchedSeconds} seconds, not verified to work.`]
      : []),
    ...(state.state === 'restarting' || state.restarts > 2
      ? [`It is in a restart loop (exit code ${state.exitCode}${state.evidence && `: ${state.evidence}`}), which a restart seldom ends.`]
      : []),
  ]
}

function stopWarnings({ policy }: Lifecycle): string[] {
  return policy === 'always' ? ['Its restart policy is always: it comes back when the engine restarts.'] : []
}
