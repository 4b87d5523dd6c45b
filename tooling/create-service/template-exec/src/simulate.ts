import { ToolError, type ExecOptions, type ExecResult, type Simulate, type Simulation } from '@rackwarden/core'
import { defaultWorld, type Job, type QuietLanternWorld } from './job.ts'

/** Makes a pretend Quiet Lantern, its program answering as on a machine; time stands still in it. */
const simulate: Simulate = (world): Simulation => {
  const { jobs } = (world as QuietLanternWorld | undefined) ?? defaultWorld
  const known = new Map(jobs.map((job) => [job.name, { ...job }]))
  const refuse = () =>
    Promise.reject(new ToolError('invalid_config', 'A simulated Quiet Lantern only runs its program.', { hint: 'Use exec.' }))
  return {
    config: { url: 'local' },
    connection: { fetch: refuse, dial: refuse, exec: (argv, options = {}) => answer(known, argv, options) },
    snapshot: () => [...known.values()].map(({ name, state }) => ({ name, state })),
  }
}

export default simulate

// Async, so that what goes wrong rejects as it would of a program.
async function answer(jobs: Map<string, Job>, argv: readonly string[], { signal }: ExecOptions): Promise<ExecResult> {
  signal?.throwIfAborted()
  const [program, action = '', ...rest] = argv
  const name = rest.at(-1) ?? ''
  if (program !== 'quiet-lantern') return failed(127, `${program}: not found`)
  if (action === 'version') return printed({ version: '1.4.2' })
  if (action === 'jobs') return printed([...jobs.values()])
  const job = jobs.get(name)
  if (job === undefined || !['start', 'stop'].includes(action)) return failed(2, `no such job: ${name}`)
  jobs.set(name, { ...job, state: action === 'start' ? 'running' : 'stopped' })
  return { exitCode: 0, stdout: '', stderr: '', truncated: false }
}

function printed(value: unknown): ExecResult {
  return { exitCode: 0, stdout: `${JSON.stringify(value)}\n`, stderr: '', truncated: false }
}

function failed(exitCode: number, message: string): ExecResult {
  return { exitCode, stdout: '', stderr: `${message}\n`, truncated: false }
}
