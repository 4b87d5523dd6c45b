import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts'

/** Real SSH before programs that answer like those of a machine, and keep what they did in a file. */
export interface PretendMachine<State> {
  readonly ssh: SshServer
  /** Where its programs are. */
  readonly programs: string
  state(): Promise<State>
  change(change: (state: State) => void): Promise<void>
  /** Ends it and removes every trace of it. */
  down(): Promise<void>
}

/** What a pretend machine is made of. */
export interface PretendMachineOptions<State> {
  /** What its programs are called. */
  names: readonly string[]
  /** The file that is run for each of them, as `openPretendProgram` has it. */
  program: string
  /** What is kept at first. */
  state: State
  ssh?: SshServerOptions
}

/** Starts a machine that can be entered. */
export async function startPretendMachine<State>(options: PretendMachineOptions<State>): Promise<PretendMachine<State>> {
  const programs = await mkdtemp(join(tmpdir(), 'rackwarden-machine-'))
  const file = join(programs, 'state.json')
  const write = (state: State) => writeFile(file, JSON.stringify(state))
  const state = async () => JSON.parse(await readFile(file, 'utf8')) as State
  await write(options.state)
  for (const name of options.names) {
    const line = `exec '${process.execPath}' '${options.program}' '${file}' ${name} "$@"`
    await writeFile(join(programs, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  }
  const ssh = await startSshServer({ ...options.ssh, path: [programs, '/usr/bin', '/bin'].join(delimiter) })
  return {
    ssh,
    programs,
    state,
    async change(change) {
      const now = await state()
      change(now)
      await write(now)
    },
    async down() {
      await ssh.down()
      await rm(programs, { recursive: true, force: true })
    },
  }
}
