import { createCertificate, forwardTo, serveHandler, type TestCertificate } from '@rackwarden/core/testing'
import { startPretendMachine, startSshAgent, type PretendMachine } from '@rackwarden/lab'
import { applicationOf, commandLine } from '@rackwarden/server/cli'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
export interface Machine extends PretendMachine<MachineState> {
  url: string
  certificate: TestCertificate
  isLenient: boolean
}

/** A directory that is gone at the end of the test. */
async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rackwarden-pbs-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Starts a server that is gone at the end of the test. */
export async function startMachine(own: Partial<MachineState> = {}): Promise<Machine> {
  const certificate = createCertificate()
  const pretended = await startPretendMachine<MachineState>({
    names: ['proxmox-backup-manager', 'openssl'],
    program: fileURLToPath(new URL('server-program.mjs', import.meta.url)),
    state: { users: {}, acl: [], called: [], failing: [], fingerprint: certificate.fingerprint, ...own },
  })
  onTestFinished(() => pretended.down())

  async function answer(request: Request): Promise<Response> {
    const { users, acl } = await pretended.state()
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
    ...pretended,
    url: served.url,
    certificate,
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
  const path = await directory()
  const { socket, down } = await startSshAgent([ssh.userKey])
  onTestFinished(down)
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
