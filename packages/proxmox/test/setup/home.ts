import { startSshAgent } from '@rackwarden/lab'
import { applicationOf, commandLine } from '@rackwarden/server/cli'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import proxmox from '../../src/index.ts'
import type { PretendNode } from './node.ts'

/** What a command printed, and how it ended. */
export interface Ran {
  code: number
  output: string
  errors: string
}

/** What is answered to each question in turn; undefined where nobody is there to ask. */
export type Answers = readonly (readonly [RegExp, string | (() => Promise<string>)])[] | undefined

/** Where what is printed is put at once, for an answer that needs it. */
export interface Watched {
  printed: string[]
}

/** The home of somebody who sets up, with a shell that answers questions. */
export interface Home {
  path: string
  /** Runs `setup` at a node; a question nobody expected fails the test. */
  setup(node: PretendNode, answers: Answers, ...argv: (string | Watched)[]): Promise<Ran>
  run(answers: Answers, ...argv: (string | Watched)[]): Promise<Ran>
  text(path: string): Promise<string>
  mode(path: string): Promise<string>
  /** Every file below it. */
  files(): Promise<string[]>
}

/** Makes an empty home. */
export async function createHome(environment: Record<string, string> = {}): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'rackwarden-setup-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  const application = applicationOf(proxmox, '1.2.3')
  const home: Home = {
    path,
    async run(answers, ...argv) {
      const watched = argv.find((word) => typeof word === 'object')
      const [output, errors]: [string[], string[]] = [watched?.printed ?? [], []]
      const left = [...(answers ?? [])]
      const ask = (question: string) => {
        const [expected, answer] = left.shift() ?? []
        if (expected?.test(question) !== true) throw new Error(`Nobody expected: ${question}`)
        return typeof answer === 'function' ? answer() : Promise.resolve(answer ?? '')
      }
      const code = await commandLine(
        application,
        argv.filter((word) => typeof word === 'string'),
        {
          print: (text) => void output.push(text),
          complain: (text) => void errors.push(text),
          environment: { HOME: path, ...environment },
          directory: path,
          program: ['/usr/bin/node', '/opt/rackwarden-proxmox/bin.cjs'],
          ...(answers === undefined ? {} : { ask }),
        },
      )
      if (left.length > 0)
        throw new Error(`Never asked: ${left.map(([expected]) => String(expected)).join(', ')}\n${output.join('\n')}\n${errors.join('\n')}`)
      return { code, output: output.join('\n'), errors: errors.join('\n') }
    },
    setup: async (node, answers, ...argv) => home.run(answers, 'setup', ...argv, '--ssh', `${node.ssh.user}@127.0.0.1:${node.ssh.port}`),
    text: (file) => readFile(join(path, file), 'utf8'),
    mode: async (file) => ((await stat(join(path, file))).mode & 0o777).toString(8),
    files: async () =>
      (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name),
  }
  return home
}

/** An agent that holds the key a node lets in; gone at the end of the test. */
export async function agentFor({ ssh }: PretendNode): Promise<string> {
  const { socket, down } = await startSshAgent([ssh.userKey])
  onTestFinished(down)
  return socket
}
