import { failure } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import { pretend } from './server.ts'
import { through } from './ways.ts'

/** Answers like a host on which every program prints its name. */
function answer(
  line: string,
  channel: { write(text: string): unknown; stderr: { write(text: string): unknown }; exit(code: number): unknown; end(): unknown },
): void {
  const [, mark = ''] = /'(rw-[0-9a-f]{24})'/.exec(line) ?? []
  channel.stderr.write(`${mark} -4242 found\n`)
  channel.write(`${mark}\nhere\n`)
  channel.exit(0)
  channel.end()
}

test('a password lets in', async () => {
  const config = await pretend({
    authenticate: (context) =>
      context.method === 'password' && context.password === 'orchid-lantern-77' ? context.accept() : context.reject(['password']),
    command: answer,
  })
  expect(await through(config).exec(['true'])).toEqual({ exitCode: 0, stdout: 'here\n', stderr: '', truncated: false })
})

test('where the server asks instead, only the question for the password is answered', async () => {
  const answers: string[][] = []
  const config = await pretend({
    authenticate(context) {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      return context.prompt(
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Favourite colour: ', echo: true },
        ],
        (given) => {
          answers.push(given)
          context.accept()
        },
      )
    },
    command: answer,
  })
  expect((await through(config).exec(['true'])).stdout).toBe('here\n')
  expect(answers).toEqual([['orchid-lantern-77', '']])
})

test('a wrong password is unauthorized, and is not repeated', async () => {
  const config = await pretend({ authenticate: (context) => context.reject(['password', 'publickey']) })
  const error = await failure(through(config).exec(['true']))
  expect(error).toMatchObject({
    code: 'unauthorized',
    message: `127.0.0.1:${config.port} did not let 'ops' in; tried: password.`,
    hint: 'Check user and password. The server accepts: password, publickey.',
  })
  expect(JSON.stringify(error)).not.toContain('orchid')
})

test('a program that ends by a signal has the exit code a shell would give', async () => {
  const config = await pretend({
    command(line, channel) {
      const [, mark = ''] = /'(rw-[0-9a-f]{24})'/.exec(line) ?? []
      channel.stderr.write(`${mark} -4242 found\n`)
      channel.exit('KILL')
      channel.end()
    },
  })
  expect((await through(config).exec(['true'])).exitCode).toBe(137)
})

test.for(['-1', '0', '1', '-12345678901', 'all'])('a group that is none is never ended: %s', async (group) => {
  const lines: string[] = []
  const config = await pretend({
    command(line, channel) {
      lines.push(line)
      const [, mark = ''] = /'(rw-[0-9a-f]{24})'/.exec(line) ?? []
      channel.stderr.write(`${mark} ${group} found\n`)
    },
  })
  expect(await failure(through(config).exec(['sleep', '60'], { timeoutMs: 100 }))).toMatchObject({ code: 'timeout' })
  expect(lines.filter((line) => line.includes('kill -TERM') && !line.includes('sleep "$t"'))).toEqual([])
})

test('a server that refuses to run anything is told as such', async () => {
  const config = await pretend()
  expect(await failure(through(config).exec(['true']))).toMatchObject({
    code: 'upstream',
    message: expect.stringContaining('refused to run a program'),
  })
})

test.for([
  ['sshKey', '/nowhere/key', 'The file that sshKey names cannot be read.'],
  ['sshKey', '-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense\n', 'sshKey is no private key this client can read.'],
  ['sshHostKey', 'MD5:aa:bb', 'sshHostKey is not a SHA-256 fingerprint of a host key.'],
  ['sshJump', 'a,b', 'sshJump is no address of a host.'],
] as const)('a wrong %s is told before anybody is contacted', async ([field, value, message]) => {
  const error = await failure(through({ url: 'ssh://ops@127.0.0.1:1', sshPassword: 'unused-here', [field]: value }).exec(['true']))
  expect(error).toMatchObject({ code: 'invalid_config', message })
})

test('a known_hosts file that is named and not there is told', async () => {
  const config = { url: 'ssh://ops@127.0.0.1:1', sshPassword: 'unused-here', sshKnownHosts: '/nowhere/known_hosts' }
  expect(await failure(through(config).exec(['true']))).toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('sshKnownHosts'),
  })
})
