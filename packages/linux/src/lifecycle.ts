import { ToolError, type Plan, type Settled } from '@rackwarden/core'
import { spanOf } from './amounts.ts'
import type { LinuxClient } from './client.ts'
import { pathWarnings, refuseProtected, type UnitAction } from './protected.ts'
import { targetOf } from './targets.ts'
import { actPart, endOf, isActive, lastLineOf, unitOf, unitPart, type UnitDetail } from './unit.ts'

// systemd gives a unit 90 seconds by default to start, and as many to stop.
const actTimeoutMs = 200_000
/** How long a service that does not say when it is ready is watched to stay up. */
export const watchedSeconds = 3

/** Reads where a unit stands: the state every write to it rests on. */
export async function readUnit(
  { unit }: { unit: string },
  { client, signal }: { client: LinuxClient; signal: AbortSignal },
): Promise<UnitDetail> {
  const { sections } = await client.ask([unitPart], { parameters: [unit], signal, asRoot: true })
  return unitOf(sections, unit)
}

/** Does it and reads where the unit stands then; throws where it was not allowed to. */
export async function act(action: UnitAction, before: UnitDetail, client: LinuxClient, signal: AbortSignal): Promise<UnitDetail> {
  const { name } = before
  const { sections } = await client.ask([actPart, unitPart], { parameters: [action, name], signal, asRoot: true, timeoutMs: actTimeoutMs })
  const after = unitOf(sections, name)
  if (sections.text('act:code').trim() === '0') return after
  const said = sections.lines('act:said').join(' ').slice(0, 300)
  if (/authentication (?:is )?required|Access denied|Permission denied|not permitted|interactive auth/i.test(said))
    throw new ToolError('forbidden', `systemd does not let this user ${action} ${after.name}.`, {
      hint: "Set sudo to 'passwordless' or 'password', or log in as root.",
    })
  // Where the unit itself shows what went wrong, it is judged by that: systemd may have brought it up again meanwhile.
  const isTried = !isUp(after) || after.invocation !== before.invocation
  if ((action === 'start' || action === 'restart') && isTried) return after
  throw new ToolError('upstream', `systemd could not ${action} ${after.name}: ${said}`, { hint: 'get_unit_logs shows what it said.' })
}

/** True where the unit is there, or being brought up. */
export function isUp({ active }: Pick<UnitDetail, 'active'>): boolean {
  return isActive(active)
}

/** The part a plan is bound to: a unit that is restarted over and over by systemd does not void one. */
export function lifecycleBasis(unit: UnitDetail): { name: string; up: boolean } {
  return { name: unit.name, up: isUp(unit) }
}

/** Judges a unit that was started, or restarted. */
export function settledUp(after: UnitDetail, before: UnitDetail): Settled {
  const line = lastLineOf(after)
  const said = line === '' ? '' : `: ${line}`
  // The counter may begin anew with a start by hand, or go on; and may have moved between the look and the start.
  const cameBack = after.restarts < before.restarts ? after.restarts > 0 : after.restarts > before.restarts + 1
  if (after.sub === 'auto-restart' || cameBack) return { failed: `it ended again (${endOf(after)}) and is restarted over and over${said}` }
  if (after.active === 'failed' && after.invocation === before.invocation)
    return { failed: `systemd would not start it again (${after.result})${said}` }
  if (after.active === 'failed') return { failed: `it failed with ${endOf(after)}${said}` }
  if (after.active === 'activating' || after.active === 'reloading') return `it is ${after.active} (${after.sub})`
  if (after.active !== 'active') {
    const isDone = after.exitCode === 0 && after.result === 'success' && after.invocation !== before.invocation
    return isDone && (after.type === 'oneshot' || after.restartPolicy === 'no')
      ? true
      : { failed: `it is ${after.active} again, with ${endOf(after)}${said}` }
  }
  const isReadyWhenActive = ['notify', 'notify-reload', 'dbus', 'oneshot', ''].includes(after.type)
  if (!isReadyWhenActive && after.activeSeconds !== undefined && after.activeSeconds < watchedSeconds)
    return `it does not say when it is ready, and is watched to stay up for ${watchedSeconds} seconds`
  return true
}

/** What the plan of an action on a unit is made of. */
export interface UnitPlan {
  action: UnitAction
  state: UnitDetail
  instance: string
  client: LinuxClient
}

/** Tells what a start, stop or restart would do, and to whom; throws where it is refused. */
export function planLifecycle({ action, state, instance, client }: UnitPlan): Plan {
  refuseProtected(action, state, client.isRemote)
  const target = targetOf(instance, 'unit', state.name)
  const up = isUp(state)
  if ((action === 'start' && up) || (action === 'stop' && !up))
    return { summary: `${state.name} is ${state.active} already: there is nothing to change.`, targets: [target], nothing: true }
  if (state.load === 'masked')
    throw new ToolError('conflict', `${state.name} is masked: systemd does not start it.`, {
      hint: 'Unmask it on the host, if it is meant to run.',
    })
  if (action === 'stop' ? !state.canStop : !state.canStart)
    throw new ToolError('conflict', `${state.name} is not meant to be ${action === 'stop' ? 'stopped' : 'started'} by hand.`, {
      hint: 'It comes and goes with other units.',
    })
  const verb = action === 'start' ? 'Start' : action === 'stop' ? 'Stop' : 'Restart'
  const about = state.description === '' || state.description === state.name ? [] : [state.description]
  if (action === 'restart' && !up) about.push(`${state.active} now, so it is started`)
  const dependents = action === 'start' ? [] : state.dependents.filter((name) => /\.(?:service|socket|timer|path)$/.test(name))
  return {
    summary: `${verb} ${state.name}${about.length === 0 ? '' : ` (${about.join(', ')})`}`,
    targets: [target, ...dependents.map((name) => targetOf(instance, 'unit', name))],
    diff: diffOf(action, state),
    warnings: [
      ...pathWarnings(action, state, client.isRemote),
      ...(dependents.length > 0 ? [`Stopped with it, where they run: ${dependents.join(', ')}.`] : []),
      ...(action === 'stop' ? stopWarnings(state) : startWarnings(state)),
    ],
  }
}

function diffOf(action: UnitAction, { active, sub }: UnitDetail): string[] {
  if (action === 'stop') return [`state: ${active} (${sub}) → inactive`]
  return active === 'active' ? [] : [`state: ${active} (${sub}) → active`]
}

function stopWarnings({ triggeredBy, enabled, activeSeconds }: UnitDetail): string[] {
  return [
    ...(triggeredBy.length > 0 ? [`It comes back when it is asked for through ${triggeredBy.join(', ')}.`] : []),
    ...(enabled === 'enabled' ? ['It is enabled: it comes back at the next boot.'] : []),
    ...(activeSeconds === undefined ? [] : [`It has been up for ${spanOf(activeSeconds)}.`]),
  ]
}

function startWarnings(state: UnitDetail): string[] {
  const line = lastLineOf(state)
  return [
    ...(state.active === 'failed' ? [`It failed with ${endOf(state)}${line === '' ? '' : `: ${line}`}`] : []),
    ...(state.restarts > 2 ? [`systemd has restarted it ${state.restarts} times, which one more restart seldom ends.`] : []),
  ]
}
