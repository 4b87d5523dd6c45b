import { createCertificate, forwardTo, serveHandler, type TestCertificate } from '@rackwarden/core/testing'
import { startSshServer, type SshServer } from '@rackwarden/lab'
import { applicationOf, commandLine } from '@rackwarden/server/cli'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import pbs from '../../src/index.ts'
import simulate from '../../src/simulate.ts'
import { defaultWorld } from '../../src/simulation/world.ts'
import { tokenWith } from '../server.ts'

/** What the programs of a pretend server keep. */
export interface MachineState {
  users: Record<string, { comment?: string; tokens: Record<string, { value: string; comment?: string }> }>
  acl: { path: string; ugid: string; roleid: string }[]
  called: string[]
  failing: { when: string }[]
  fingerprint: string
}

/** A pretend server: real SSH before a program that answers like its own, and a simulated API that holds to what it did. */
export interface Machine {
  ssh: SshServer
  programs: string
  url: string
  certificate: TestCertificate
  state(): Promise<MachineState>
  change(change: (state: MachineState) => void): Promise<void>
  isLenient: boolean
}

const run = promisify(execFile)

/** A directory that is gone at the end of the test. */
async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rackwarden-pbs-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Starts a server that is gone at the end of the test. */
export async function startMachine(own: Partial<MachineState> = {}): Promise<Machine> {
  const programs = await directory()
  const certificate = createCertificate()
  const file = join(programs, 'state.json')
  await writeFile(file, JSON.stringify({ users: {}, acl: [], called: [], failing: [], fingerprint: certificate.fingerprint, ...own }))
  const program = fileURLToPath(new URL('server-program.mjs', import.meta.url))
  for (const name of ['proxmox-backup-manager', 'openssl'])
    await writeFile(join(programs, name), `#!/bin/sh\nexec '${process.execPath}' '${program}' '${file}' ${name} "$@"\n`, { mode: 0o755 })
  const ssh = await startSshServer({ path: [programs, '/usr/bin', '/bin'].join(delimiter) })
  onTestFinished(() => ssh.down())
  const state = async () => JSON.parse(await readFile(file, 'utf8')) as MachineState

  async function answer(request: Request): Promise<Response> {
    const { users, acl } = await state()
    const [, id = '', secret = ''] = /^PBSAPIToken=([^:]+):(.+)$/.exec(request.headers.get('authorization') ?? '') ?? []
    const [user = '', name = ''] = id.split('!')
    const isKnown = users[user]?.tokens[name]?.value === secret && secret !== ''
    // A token may what both it and its user may.
    const both = acl
      .filter((entry) => entry.ugid === id)
      .filter(({ path, roleid }) => acl.some((entry) => entry.ugid === user && entry.path === path && entry.roleid === roleid))
    const roles = Object.fromEntries(
      both.map(({ path }) => [path, both.filter((entry) => entry.path === path).map(({ roleid }) => roleid)]),
    )
    const token = { ...tokenWith(machine.isLenient ? { '/': 'Admin' } : roles, id), secret: isKnown ? secret : 'another' }
    const simulation = await simulate({ ...defaultWorld, token })
    return forwardTo(simulation.connection!)(request)
  }

  const served = await serveHandler(answer, { tls: certificate })
  onTestFinished(() => served.close())
  const machine: Machine = {
    ssh,
    programs,
    url: served.url,
    certificate,
    state,
    async change(change) {
      const now = await state()
      change(now)
      await writeFile(file, JSON.stringify(now))
    },
    isLenient: false,
  }
  return machine
}

/** What a command printed, and how it ended. */
export interface Ran {
  code: number
  output: string
  errors: string
}

/** The home of somebody who sets up a server. */
export interface Home {
  path: string
  run(...argv: string[]): Promise<Ran>
  setup(...argv: string[]): Promise<Ran>
  text(path: string): Promise<string>
  files(): Promise<string[]>
}

/** Makes an empty home, with a key the server lets in. */
export async function createHome({ ssh }: Machine, environment: Record<string, string> = {}): Promise<Home> {
  const [path, socket] = [await directory(), join(ssh.directory, 'agent')]
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill())
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await run('ssh-add', ['-q', ssh.userKey], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  const home: Home = {
    path,
    async run(...argv) {
      const [output, errors]: [string[], string[]] = [[], []]
      const code = await commandLine(applicationOf(pbs, '1.2.3'), argv, {
        print: (text) => void output.push(text),
        complain: (text) => void errors.push(text),
        environment: { HOME: path, SSH_AUTH_SOCK: socket, ...environment },
        directory: path,
      })
      return { code, output: output.join('\n'), errors: errors.join('\n') }
    },
    setup: async (...argv) =>
      home.run('setup', '--yes', '--ssh', `${ssh.user}@127.0.0.1:${ssh.port}`, '--ssh-host-key', ssh.hostFingerprint(), ...argv),
    text: (file) => readFile(join(path, file), 'utf8'),
    files: async () =>
      (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name),
  }
  return home
}
