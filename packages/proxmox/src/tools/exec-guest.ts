import { admitCommand, shownCommand, shownOutput, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { runInGuest } from '../agent-command.ts'
import { backupSentence, circumstancesOf } from '../circumstances.ts'
import { findGuest, locateGuest, nameOf } from '../find-guest.ts'
import type { GuestPlace } from '../guest-place.ts'
import { ownTargets } from '../own-guest.ts'
import { refuseLocked } from '../snapshot-change.ts'
import { targetOf } from '../targets.ts'
import { defineTool, guestInput, type StateReader } from './define-tool.ts'

interface ExecState extends GuestPlace {
  name: string
  status: string
  lock: string | undefined
  /** Another process of the machine: it was started anew. */
  pid: number | undefined
}

const readState: StateReader<{ guest: string }, ExecState> = async ({ guest: reference }, { client, signal }) => {
  const { kind, node, id, name } = await locateGuest(reference, client, signal)
  const place = { kind, node, id }
  const { status, lock, pid } = await client.status(place, signal)
  return { ...place, name, status, lock, pid }
}

/** Runs a command in a virtual machine. */
export const execGuest = defineTool({
  name: 'exec_guest',
  title: 'Run a command in a guest',
  description: 'Execute one command inside a running VM through its guest agent, where there is no SSH; as root, without a shell.',
  access: 'admin',
  toolset: 'lifecycle',
  wayBackFirst: true,
  input: z.object({
    guest: guestInput,
    command: z.array(z.string()).min(1).max(256).describe('Program and arguments.'),
    timeout_seconds: z.number().int().min(1).max(600).default(30).describe('Then it goes on unseen.'),
  }),
  output: z.object({
    exit_code: z.number().optional().describe('How it ended; absent where it did not.'),
    timed_out: z.boolean().describe('True where it goes on.'),
    note: z.string().optional().describe('What should be known of how it ended.'),
    stdout: z.string().describe('What it printed; of much, the beginning and the end.'),
    stderr: z.string().describe('What it complained.'),
  }),
  text: ({ exit_code: code, timed_out: isLate, note, stdout, stderr }) =>
    shownOutput(
      { stdout, stderr },
      `${code === undefined ? 'no exit code' : `exit code ${code}`}${isLate ? ', not over in its time' : ''}${note === undefined ? '' : `; ${note}`}`,
    ),
  untrusted: true,
  keep: 'tail',
  state: readState,
  basis: ({ id, node, status, lock, pid }) => ({ id, node, status, lock: lock ?? null, pid }),
  async plan({ command, timeout_seconds: seconds }, { state, client, instance, signal, stateDirectory }) {
    refuseDeaf(state)
    refuseLocked(state)
    const cautions = await admitCommand(command, stateDirectory)
    const view = await client.resources(signal)
    const around = await circumstancesOf(client, { ...findGuest(view.guests, String(state.id)), status: state.status }, view, signal)
    if (around.detail.agent !== 'answers')
      throw new ToolError(
        'conflict',
        `The guest agent of ${nameOf(state)} ${around.detail.agent === 'not configured' ? 'is not configured' : 'does not answer'}.`,
        {
          hint: `ping_agent guest=${state.id} says what to do about it.`,
        },
      )
    const shown = shownCommand(command)
    return {
      summary: `Run in ${nameOf(state)}: ${shown}`,
      targets: [targetOf(instance, 'guest', state.id), ...ownTargets(around.detail.macs, client.own())],
      diff: [
        // The summary is cut where it is long; who agrees reads all of it.
        `command: ${shown}`,
        'as: root, or the system account of Windows',
        `waited for: ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, not ended then`,
      ],
      warnings: ['What it changes is not known, and cannot be taken back from here.', ...cautions, backupSentence(around)],
    }
  },
  async run({ command, timeout_seconds: seconds }, { state, client, signal, progress }) {
    const { exitCode, isLate, note, stdout, stderr } = await runInGuest(command, { guest: state, client, seconds, signal, progress })
    return { exit_code: exitCode, timed_out: isLate, note, stdout, stderr }
  },
  undo: 'irreversible',
})

function refuseDeaf(state: ExecState): void {
  if (state.kind === 'lxc')
    throw new ToolError('conflict', `${nameOf(state)} is a container: it has no agent, and Proxmox runs nothing in it from afar.`, {
      hint: 'The linux service runs commands in it over SSH, or on its node.',
    })
  if (state.status === 'running') return
  throw new ToolError('conflict', `${nameOf(state)} is ${state.status}: nothing can be run in it.`, { hint: 'start_guest starts it.' })
}
