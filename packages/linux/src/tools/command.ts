import { createHash } from 'node:crypto'
import { refuseCommand, shownCommand, shownOutput, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { counted, sizeOf } from '../amounts.ts'
import { identityOf, identityPart } from '../identity.ts'
import { judged } from '../judgement.ts'
import { requireRoot } from '../root.ts'
import { targetOf } from '../targets.ts'
import { defineTool } from './define-tool.ts'

const longestScript = 20_000

/** Runs a command or a script on a host. */
export const execCommand = defineTool({
  name: 'exec_command',
  title: 'Run a command',
  description: 'Execute a shell command or script on a Linux machine: exit code and output. For what no other tool does.',
  access: 'admin',
  toolset: 'maintenance',
  wayBackFirst: true,
  input: z.object({
    command: z.array(z.string()).min(1).max(256).optional().describe('Program and arguments; no shell.'),
    script: z.string().min(1).max(longestScript).optional().describe("Instead: text for the host's sh."),
    as_root: z.boolean().default(false).describe('Run it with sudo.'),
    directory: z.string().regex(/^\//, 'is no absolute path').optional().describe('Where it runs.'),
    timeout_seconds: z.number().int().min(1).max(3600).default(60).describe('When it is ended.'),
  }),
  output: z.object({
    exit_code: z.number().describe('How it ended.'),
    timed_out: z.boolean().optional().describe('True where its time was over.'),
    seconds: z.number().describe('How long it took.'),
    stdout: z.string().describe('The end of what it printed.'),
    stderr: z.string().describe('The end of what it complained.'),
    cut: z.string().optional().describe('How much it said in all, where that is more.'),
  }),
  text: ({ exit_code, timed_out, seconds, stdout, stderr, cut }) =>
    shownOutput(
      { stdout, stderr },
      `${timed_out === true ? 'ended, its time was over' : `exit code ${exit_code}`} after ${seconds} s${cut === undefined ? '' : `; ${cut}`}`,
    ),
  untrusted: true,
  keep: 'tail',
  async state({ command, script, as_root }, { client, signal }) {
    if ((command === undefined) === (script === undefined))
      throw new ToolError('invalid_input', 'Either command or script says what is to be run.', { hint: 'Give exactly one of them.' })
    // A shell would take a word that begins with a dash for an option of its own.
    if (command !== undefined && /^(?:-|$)/.test(command[0] ?? ''))
      throw new ToolError('invalid_input', 'The first word of a command names a program; this one cannot.', {
        hint: 'A program has a name, and it does not begin with a dash.',
      })
    const { sections } = await client.ask([identityPart], { signal, asRoot: as_root })
    const { name, user, machine, isHere } = await identityOf(sections)
    return { name, user, machine, isHere, command: hashOf(command ?? script) }
  },
  async plan({ command, script, as_root, directory, timeout_seconds }, { state, instance, stateDirectory }) {
    const verdict = await judged({ argv: command, script, directory }, state.isHere ? stateDirectory : undefined)
    refuseCommand(verdict)
    if (as_root) requireRoot(state, 'run it as root')
    const lines = (script ?? '').replace(/\n$/, '').split('\n')
    const shown = command === undefined ? `a script of ${counted(lines.length, 'line')}` : shownCommand(command)
    return {
      summary: `Run on ${state.name} as ${state.user}: ${shown}`,
      targets: [targetOf(instance, 'host', state.name)],
      diff: [
        // The summary is cut where it is long; who agrees reads all of it.
        ...(command === undefined ? ['script:', ...lines.map((line) => `  ${line}`)] : [`command: ${shown}`]),
        `as: ${state.user}${directory === undefined ? '' : `, in ${directory}`}`,
        `ended after: ${counted(timeout_seconds, 'second')}`,
      ],
      warnings: [
        'What it changes is not known, and cannot be taken back from here.',
        `Command policy: ${verdict.decision === 'ask' ? `a person should decide. ${verdict.reason}` : 'no objection.'}`,
      ],
    }
  },
  async run({ command, script, as_root, directory, timeout_seconds }, { client, signal }) {
    const started = performance.now()
    const outcome = await client.run({ argv: command, script, directory, seconds: timeout_seconds }, { signal, asRoot: as_root })
    const { exitCode, timedOut, stdout, stderr, written } = outcome
    return {
      exit_code: exitCode,
      timed_out: timedOut || undefined,
      seconds: Math.round((performance.now() - started) / 1000),
      stdout,
      stderr,
      cut: written && cutOf(written),
    }
  },
  undo: 'irreversible',
})

function cutOf({ stdout, stderr }: { stdout: number; stderr: number }): string {
  return `it printed ${sizeOf(stdout)} (${stdout} bytes) and complained ${sizeOf(stderr)} (${stderr} bytes) in all; the end of it is shown`
}

/** What is run may hold secrets, and the state is kept. */
function hashOf(command: unknown): string {
  return createHash('sha256').update(JSON.stringify(command)).digest('hex')
}
