import type { GuestRecord, SimulatedCluster } from './cluster.ts'
import { guestIn } from './guest-answers.ts'
import { need, Refused, type Answer, type Asked } from './replies.ts'

const prefix = { qemu: 'qm', lxc: 'vz' } as const
const called = { qemu: 'VM', lxc: 'CT' } as const
// Longer than a guest that listens needs, shorter than one is waited for.
const endsWithin = 3

/** Refuses what a lock forbids. */
export function refuseLocked({ id, kind, lock }: GuestRecord): void {
  if (lock !== undefined) throw new Refused(500, `${called[kind]} is locked (${lock})${kind === 'lxc' ? ` - CT ${id}` : ''}`)
}

function run(cluster: SimulatedCluster, guest: GuestRecord): void {
  guest.status = 'running'
  guest.detail = undefined
  guest.startedAt = cluster.now
  guest.pid = cluster.pid()
}

function end(guest: GuestRecord): void {
  guest.pending.clear()
  guest.status = 'stopped'
  guest.detail = undefined
  guest.pid = 0
}

/** What HA is asked for it carries out a moment later, when the task of asking is long over. */
function byHa(asked: Asked, guest: GuestRecord, state: 'started' | 'stopped'): string | undefined {
  const { cluster, user } = asked
  if (!cluster.haStates.has(guest.id)) return undefined
  const carryOut = () => {
    cluster.haStates.set(guest.id, state)
    if (state === 'started') run(cluster, guest)
    else end(guest)
  }
  const type = state === 'started' ? 'hastart' : 'hastop'
  return cluster.begin(
    {
      node: guest.node,
      type,
      about: String(guest.id),
      user,
      seconds: 1,
      log: [`Requesting HA ${state} for ${guest.kind === 'lxc' ? 'ct' : 'vm'}:${guest.id}`],
    },
    { effect: carryOut },
  )
}

const each = (kind: 'qemu' | 'lxc'): Record<string, Answer> => {
  const at = (action: string) => `POST /nodes/{node}/${kind}/{vmid}/status/${action}`
  const guestFor = (asked: Asked) => {
    need(asked, `/vms/${asked.parts[1]}`, 'VM.PowerMgmt')
    return guestIn(asked, kind)
  }
  const begin = (asked: Asked, guest: GuestRecord, type: string, seconds: number) => ({
    node: guest.node,
    type: `${prefix[kind]}${type}`,
    about: String(guest.id),
    user: asked.user,
    seconds,
  })
  return {
    [at('start')]: (asked) => {
      const guest = guestFor(asked)
      if (guest.given.template === true) throw new Refused(500, `you can't start a ${kind === 'qemu' ? 'vm' : 'CT'} if it's a template`)
      refuseLocked(guest)
      if (guest.status === 'running') throw new Refused(500, `${called[kind]} ${guest.id} already running`)
      const ha = byHa(asked, guest, 'started')
      if (ha !== undefined) return ha
      // The process is there at once; the task looks after it for a while.
      if (guest.given.fails?.[`${prefix[kind]}start`] === undefined) run(asked.cluster, guest)
      return asked.cluster.begin(begin(asked, guest, 'start', 2))
    },
    [at('stop')]: (asked) => {
      const guest = guestFor(asked)
      refuseLocked(guest)
      const ha = byHa(asked, guest, 'stopped')
      if (ha !== undefined) return ha
      return asked.cluster.begin(begin(asked, guest, 'stop', 1), { effect: () => end(guest) })
    },
    [at('shutdown')]: (asked) => {
      const guest = guestFor(asked)
      refuseLocked(guest)
      if (guest.status !== 'running') throw new Refused(500, `${called[kind]} ${guest.id} not running`)
      const ha = byHa(asked, guest, 'stopped')
      if (ha !== undefined) return ha
      const seconds = Number(asked.fields.get('timeout') ?? (kind === 'qemu' ? 180 : 60))
      const listens = guest.given.ignoresShutdown !== true || asked.fields.get('forceStop') === '1'
      const exit = listens && seconds >= endsWithin ? undefined : 'VM quit/powerdown failed - got timeout'
      return asked.cluster.begin(begin(asked, guest, 'shutdown', Math.min(seconds, endsWithin)), { effect: () => end(guest), exit })
    },
    [at('reboot')]: (asked) => {
      const guest = guestFor(asked)
      refuseLocked(guest)
      if (guest.status !== 'running') throw new Refused(500, `${called[kind]} ${guest.id} not running`)
      const exit = guest.given.ignoresShutdown === true ? 'VM quit/powerdown failed - got timeout' : undefined
      return asked.cluster.begin(begin(asked, guest, 'reboot', endsWithin), { effect: () => run(asked.cluster, guest), exit })
    },
  }
}

/** Starting and ending guests. */
export const powerAnswers: Readonly<Record<string, Answer>> = { ...each('qemu'), ...each('lxc') }
