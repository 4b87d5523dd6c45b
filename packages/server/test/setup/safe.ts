import { defineService, defineSetup, httpConfig, secret, ToolError, valuePrinted, type ExecResult, type Service } from '@rackwarden/core'
import { createCertificate, serveHandler } from '@rackwarden/core/testing'
import { onTestFinished } from 'vitest'

/** A target whose commands are kept here: `safe add <user>`, `safe token <user> <name>`, `safe drop …`. */
export interface Safe {
  service: Service
  url: string
  /** What was done and not taken back. */
  held: Set<string>
  called: string[]
  /** Passwords that came. */
  passwords: (string | undefined)[]
  /** A part of the command that fails. */
  failing: string | undefined
  /** What it shows as the key of its host; unknown until it is pinned. */
  hostKey: string | undefined
  /** Calls that are let through though the tier forbids them. */
  isLenient: boolean
}

/** As a shell has it. */
export const quote = (argv: readonly string[]) => argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')

const rightPassword = 'open sesame please'

/** Makes a service whose setup runs in memory, before a port with a certificate of its own. */
export async function openSafe(name = 'safe'): Promise<Safe> {
  const certificate = createCertificate()
  const served = await serveHandler(() => new Response('no', { status: 401 }), { tls: certificate })
  onTestFinished(() => served.close())
  const safe: Safe = {
    service: undefined as never,
    url: served.url,
    held: new Set(),
    called: [],
    passwords: [],
    failing: undefined,
    hostKey: undefined,
    isLenient: false,
  }

  function run(argv: readonly string[]): ExecResult {
    const line = argv.join(' ')
    const answer = (exitCode: number, stdout: string, stderr = ''): ExecResult => ({ exitCode, stdout, stderr, truncated: false })
    if (line === 'true') return answer(0, '')
    safe.called.push(line)
    if (safe.failing !== undefined && line.includes(safe.failing)) return answer(1, '', 'the lock is stuck')
    const [, verb = '', ...rest] = argv
    if (verb === 'print') return answer(0, `sha256 Fingerprint=${certificate.fingerprint}\n`)
    if (verb === 'list') return answer(0, [...safe.held].join('\n'))
    if (verb === 'drop') safe.held.delete(rest.join(' '))
    else safe.held.add(`${verb} ${rest.join(' ')}`)
    return answer(0, verb === 'token' ? '{"value":"a-secret-of-the-safe"}' : '')
  }

  const setup = defineSetup<string[], { tokenId: string }>({
    target: 'the safe',
    port: 8443,
    user: 'rackwarden@safe',
    userForm: /^[a-z-]+@safe$/,
    shell: () =>
      Promise.resolve({
        quote,
        overSsh: ({ sshPassword, sshHostKey }) => ({
          exec(argv) {
            if (safe.hostKey !== undefined && sshHostKey !== safe.hostKey)
              return Promise.reject(
                new ToolError('unreachable', 'The host key of the safe is not known. Nothing was sent.', {
                  hint: `Compare it, then add sshHostKey: "${safe.hostKey}"`,
                }),
              )
            if (argv[0] === 'true') safe.passwords.push(sshPassword)
            if (sshPassword !== rightPassword)
              return Promise.reject(new ToolError('unauthorized', "safe:22 did not let 'root' in; tried: password."))
            return Promise.resolve(run(argv))
          },
          fetch: () => Promise.reject(new Error('not here')),
          dial: () => Promise.reject(new Error('not here')),
        }),
      }),
    granted: (tier) => [`the drawer of ${tier}`],
    look: async (asked) => (await asked(['safe', 'list'])).split('\n').filter((line) => line !== ''),
    tokens: (held) => held.filter((line) => line.startsWith('token ')).map((line) => ({ name: line.split(' ')[2] ?? '', comment: '' })),
    isGranted: ({ user, token }, held) => held.includes(`token ${user} ${token}`),
    fingerprint: { title: 'read the fingerprint', ways: [['safe', 'print']], prints: 'fingerprint' },
    grant: ({ user, token }, held) => [
      ...(held?.includes(`add ${user}`) === true
        ? []
        : [
            {
              title: `add ${user}`,
              ways: [['safe', 'add', user]] as const,
              takeBack: [['safe', 'drop', 'add', user]] as const,
              mayFail: held === undefined,
            },
          ]),
      {
        title: `make ${token}`,
        ways: [['safe', 'token', user, token]],
        takeBack: [['safe', 'drop', 'token', user, token]],
        prints: 'token',
      },
      { title: `open the drawer for ${token}`, ways: [['safe', 'open', token]], takeBack: [['safe', 'drop', 'open', token]] },
    ],
    retire: ({ user }, _, tokens) =>
      tokens.map((token) => ({ title: `drop ${token}`, ways: [['safe', 'drop', 'token', user, token]] as const })),
    remove: (user, held) =>
      (held ?? [`add ${user}`]).map((line) => ({ title: `drop ${line}`, ways: [['safe', 'drop', ...line.split(' ')]] as const })),
    secretIn: valuePrinted,
    prove: ({ tokenId }) =>
      Promise.resolve({
        missing: [],
        beyond: [],
        calls: [{ call: `crack it as ${tokenId}`, isRefused: !safe.isLenient, said: safe.isLenient ? 'it was done' : 'it may not' }],
      }),
  })
  safe.service = defineService({
    name,
    title: 'Safe',
    description: 'A safe.',
    instances: 'many',
    config: { ...httpConfig, tokenId: httpConfig.url.describe('Token.'), tokenSecret: secret().describe('Secret.') },
    connect: (values) => values,
    health: () => ({ evidence: 'locked' }),
    setup: () => Promise.resolve({ default: setup }),
    simulate: () => Promise.reject(new Error('not here')),
    tools: [],
  })
  return safe
}

export { rightPassword }
