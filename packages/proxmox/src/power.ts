import { ToolError, type Plan, type Settled } from '@rackwarden/core'
import { backupSentence, circumstancesOf, dependentWarnings, haSentence, shutdownSentence, tiesOf } from './circumstances.ts'
import type { ProxmoxClient } from './client.ts'
import { findGuest, locateGuest, nameOf, type LocatedGuest } from './find-guest.ts'
import { ownTargets } from './own-guest.ts'
import { targetOf } from './targets.ts'

/** What is done to a guest that runs, or does not. */
export type Action = 'start' | 'shutdown' | 'stop' | 'restart'

/** What starting and stopping a guest depends on, and is judged by. */
export interface PowerState extends LocatedGuest {
  status: string
  /** What the machine says beyond that: paused, prelaunch. */
  detail: string | undefined
  lock: string | undefined
  /** State HA has it in; nothing where HA does not manage it. */
  ha: string | undefined
}

/** Reads where a guest is and what it does. */
export async function powerStateOf(reference: string, client: ProxmoxClient, signal: AbortSignal): Promise<PowerState> {
  const guest = await locateGuest(reference, client, signal)
  const now = await client.status(guest, signal)
  return {
    ...guest,
    status: now.status,
    detail: now.qmpstatus === now.status ? undefined : now.qmpstatus,
    lock: now.lock,
    ha: now.ha?.managed === true ? (now.ha.state ?? 'managed') : undefined,
  }
}

/** The part of it a plan is bound to: HA goes through states of its own. */
export function powerBasis({ id, kind, node, status, lock }: PowerState): unknown {
  return { id, kind, node, status, lock: lock ?? null }
}

/** What the plan of a start, stop or restart is made of. */
export interface PowerPlan {
  action: Action
  state: PowerState
  client: ProxmoxClient
  instance: string
  signal: AbortSignal
  dependents?: (hosts?: readonly string[]) => readonly string[]
  /** Given to it to end, where the caller says. */
  timeoutSeconds?: number | undefined
}

const verbs = { start: 'Start', shutdown: 'Shut down', stop: 'Power off', restart: 'Restart' } as const

/** Tells what a start, stop or restart would do, and to whom; throws where it is refused. */
export async function planPower({ action, state, client, instance, signal, dependents, timeoutSeconds }: PowerPlan): Promise<Plan> {
  refuse(action, state)
  const target = targetOf(instance, 'guest', state.id)
  const isUp = state.status === 'running'
  if (action !== 'restart' && isUp === (action === 'start'))
    return { summary: `${nameOf(state)} is ${state.status} already: there is nothing to change.`, targets: [target], nothing: true }
  const view = await client.resources(signal)
  const around = await circumstancesOf(client, { ...findGuest(view.guests, String(state.id)), status: state.status }, view, signal)
  const kind = state.kind === 'qemu' ? 'virtual machine' : 'container'
  const goes = action !== 'start' && isUp
  return {
    summary: `${verbs[action]} ${nameOf(state)} (${kind} on ${state.node}${action === 'restart' && !isUp ? '; it is stopped, so it is started' : ''})`,
    targets: [target, ...(goes ? ownTargets(around.detail.macs, client.own()) : [])],
    diff:
      action === 'restart' && isUp
        ? []
        : [`status: ${state.status} → ${action === 'start' || action === 'restart' ? 'running' : 'stopped'}`],
    warnings: [
      ...(action === 'stop' ? ['Its power is cut: what it had not written is lost. shutdown_guest asks it to end by itself.'] : []),
      ...(action === 'shutdown' || (action === 'restart' && isUp) ? [shutdownSentence(around, timeoutSeconds)] : []),
      ...(goes ? dependentWarnings(around, { own: client.own(), dependents }) : []),
      ...(action === 'restart' && isUp ? [] : haSentence(state.ha, action)),
      ...(goes ? tiesOf(around) : []),
      ...(goes ? [backupSentence(around)] : []),
      ...(state.detail === undefined ? [] : [`It says of itself that it is ${state.detail}.`]),
    ],
  }
}

function refuse(action: Action, state: PowerState): void {
  if (state.isTemplate)
    throw new ToolError('conflict', `${nameOf(state)} is a template: it never runs.`, {
      hint: 'Guests are made from it; list_guests has them.',
    })
  if (state.lock !== undefined && state.lock !== 'suspended')
    throw new ToolError('conflict', `${nameOf(state)} is locked (${state.lock}): something else is at work on it.`, {
      hint: `Wait until that ends; get_node node=${state.node} shows tasks that failed, after which a lock may stay.`,
    })
  if (state.ha === 'error' || state.ha === 'fence')
    throw new ToolError('conflict', `HA has ${nameOf(state)} in state ${state.ha} and carries nothing out for it.`, {
      hint: 'Set its HA state to disabled in Proxmox, mend what is wrong, and set it back; get_guest shows it.',
    })
  if (action === 'start' && state.detail === 'paused' && state.status === 'running')
    throw new ToolError('conflict', `${nameOf(state)} is paused: it is running already, and stands still.`, {
      hint: 'Often its storage is full: list_storage. Resume it in Proxmox, or restart_guest.',
    })
}

/** Judges a guest that was started. HA starts it by itself, a moment later. */
export function settledUp(after: PowerState): Settled {
  if (after.status === 'running') return after.detail === undefined || after.detail === 'running' ? true : `it is ${after.detail}`
  if (after.ha === 'error') return { failed: 'HA gave up on it' }
  return after.ha === undefined ? { failed: `it is ${after.status} again` } : `HA has it in state ${after.ha}`
}

/** Judges a guest that was stopped. */
export function settledDown(after: PowerState): Settled {
  return after.status === 'stopped' || `it is still ${after.status}`
}
