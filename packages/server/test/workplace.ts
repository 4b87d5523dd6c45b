import { defineService, httpConfig, secret, sshConfig, ToolError, type Candidate, type Service } from '@rackwarden/core'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Application } from '../src/application.ts'
import { commandLine } from '../src/run.ts'

/** What a command printed, and how it ended. */
export interface Ran {
  code: number
  output: string
  errors: string
  /** Questions asked, in order. */
  asked: string[]
}

/** An empty home, with a shell in it that answers questions. */
export interface Workplace {
  home: string
  run: (answers: readonly [RegExp, string][] | undefined, ...argv: string[]) => Promise<Ran>
  /** A file below the home. */
  text: (path: string) => Promise<string>
  mode: (path: string) => Promise<string>
}

/** The file written where nothing else is said. */
export const usualFile = '.config/rackwarden/rackwarden.yaml'

/** Makes an empty home; a question nobody expected fails the test. */
export async function createWorkplace(services: readonly Service[], environment: Record<string, string> = {}): Promise<Workplace> {
  const home = await mkdtemp(join(tmpdir(), 'rackwarden-init-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const application: Application = { name: 'rackwarden', title: 'Rackwarden', version: '1.2.3', services, prefixed: true }
  return {
    home,
    async run(answers, ...argv) {
      const [output, errors, asked]: [string[], string[], string[]] = [[], [], []]
      const left = [...(answers ?? [])]
      const ask = (question: string) => {
        asked.push(question)
        const [expected, answer] = left.shift() ?? []
        if (expected?.test(question) !== true) throw new Error(`Nobody expected: ${question}`)
        return Promise.resolve(answer ?? '')
      }
      const code = await commandLine(application, argv, {
        print: (text) => void output.push(text),
        complain: (text) => void errors.push(text),
        environment: { HOME: home, ...environment },
        directory: home,
        program: ['/usr/bin/node', '/opt/rackwarden/bin.cjs'],
        ...(answers === undefined ? {} : { ask }),
      })
      if (left.length > 0) throw new Error(`Never asked: ${left.map(([expected]) => String(expected)).join(', ')}`)
      return { code, output: output.join('\n'), errors: errors.join('\n'), asked }
    },
    text: (path) => readFile(join(home, path), 'utf8'),
    mode: async (path) => ((await stat(join(home, path))).mode & 0o777).toString(8),
  }
}

/** A service that opens with the one password there is, and shows a fingerprint where it has one. */
export function lockService(
  name: string,
  candidates: readonly Candidate[],
  traits: { instances?: 'single' | 'many'; fingerprint?: string } = {},
) {
  const { instances = 'many', fingerprint } = traits
  return defineService({
    name,
    title: name,
    description: 'A lock.',
    instances,
    config: {
      url: httpConfig.url,
      tlsFingerprint: httpConfig.tlsFingerprint,
      sshHostKey: sshConfig.sshHostKey,
      password: secret().optional().describe('Its password.'),
    },
    connect: (values) => values,
    health: ({ url, password, tlsFingerprint }) => {
      if (fingerprint !== undefined && tlsFingerprint !== fingerprint)
        throw new ToolError(
          'unreachable',
          tlsFingerprint === undefined
            ? `The certificate of ${url} is not accepted.`
            : `${url} shows another certificate than the pinned one.`,
          { hint: `Compare, then add tlsFingerprint: "${fingerprint}"` },
        )
      if (url.includes('locked') && password !== rightPassword)
        throw new ToolError('unauthorized', `${url} refused '${password ?? ''}'.`, { hint: 'Check password.' })
      return { version: '7.1', evidence: `open as ${password ?? 'nobody'}` }
    },
    candidates: () => Promise.resolve(candidates),
    simulate: () => Promise.reject(new Error('not here')),
    tools: [],
  })
}

/** The password every lock opens with. */
export const rightPassword = 'correct horse battery'
