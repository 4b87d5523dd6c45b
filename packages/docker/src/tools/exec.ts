import { admitCommand, shownCommand, shownOutput, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { runCommand } from '../command.ts'
import { lifecycleOf } from '../lifecycle.ts'
import { ownTargets } from '../own-container.ts'
import { containerTarget } from '../targets.ts'
import { containerInput, defineTool } from './define-tool.ts'

/** Runs a command in a container. */
export const execContainer = defineTool({
  name: 'exec_container',
  title: 'Run a command in a container',
  description: 'Execute one command inside a running container: exit code and output. No shell unless the command is one.',
  access: 'admin',
  toolset: 'deployment',
  wayBackFirst: true,
  input: z.object({
    container: containerInput,
    command: z.array(z.string()).min(1).describe('Program and arguments.'),
    user: z.string().optional().describe('User.'),
    workdir: z.string().optional().describe('Workdir.'),
    timeout_seconds: z.number().int().min(1).max(600).default(30).describe('When it is killed.'),
  }),
  output: z.object({
    exit_code: z.number().optional().describe('How it ended; absent where it did not.'),
    timed_out: z.boolean().describe('True where it was killed for its time.'),
    note: z.string().optional().describe('What should be known of how it ended.'),
    stdout: z.string().describe('What it printed; of much, the beginning and the end.'),
    stderr: z.string().describe('What it complained.'),
  }),
  text: ({ exit_code, timed_out, note, stdout, stderr }) =>
    shownOutput(
      { stdout, stderr },
      `${exit_code === undefined ? 'no exit code' : `exit code ${exit_code}`}${timed_out ? ', killed for its time' : ''}${note === undefined ? '' : `; ${note}`}`,
    ),
  untrusted: true,
  keep: 'tail',
  state: async ({ container }, { client, signal }) => {
    const { id, name, up, state, startedAt } = await lifecycleOf(container, client, signal)
    return { id, name, up, state, startedAt }
  },
  async plan({ command, user, workdir, timeout_seconds }, { state, client, instance, stateDirectory }) {
    if (state.state !== 'running')
      throw new ToolError('conflict', `${state.name} is ${state.state}: nothing can be run in it.`, { hint: 'start_container starts it.' })
    const cautions = await admitCommand(command, stateDirectory)
    const shown = shownCommand(command)
    return {
      summary: `Run in ${state.name}: ${shown}`,
      targets: [containerTarget(instance, state.name), ...(await ownTargets(client, [state.id]))],
      diff: [
        // The summary is cut where it is long; who agrees reads all of it.
        `command: ${shown}`,
        `as: ${user ?? 'the user of the container'}${workdir === undefined ? '' : `, in ${workdir}`}`,
        `killed after: ${timeout_seconds} ${timeout_seconds === 1 ? 'second' : 'seconds'}`,
      ],
      warnings: ['What it changes is not known, and cannot be taken back from here.', ...cautions],
    }
  },
  async run({ command, user, workdir, timeout_seconds }, { state, client, signal }) {
    const outcome = await runCommand({ container: state.id, argv: command, user, workdir, seconds: timeout_seconds }, client, signal)
    return {
      exit_code: outcome.exitCode,
      timed_out: outcome.timedOut,
      note: outcome.goesOn,
      stdout: outcome.stdout,
      stderr: outcome.stderr,
    }
  },
  undo: 'irreversible',
})
