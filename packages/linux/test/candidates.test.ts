import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { candidates } from '../src/candidates.ts'

async function home(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-linux-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, '.ssh', name)), { recursive: true })
    await writeFile(join(directory, '.ssh', name), text)
  }
  return directory
}

/** A key in OpenSSH form, as far as its header goes. */
function keyText(cipher: string): string {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(cipher.length)
  const bytes = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher), Buffer.alloc(64)])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

const remote = async (environment: Record<string, string>) => (await candidates(environment)).filter((candidate) => candidate.remote)

test('hosts of ssh_config are offered as ssh itself would reach them', async () => {
  const directory = await home({
    config: [
      'User everybody # the first value counts',
      'Host nas "second name"',
      '  HostName 10.0.0.4',
      '  User admin',
      '  Port=2222',
      '  IdentityFile ~/.ssh/nas',
      'Host *.lab !skipped.lab',
      '  User root',
      'Include parts/*.conf',
      'Match host nas',
      '  ProxyJump nowhere',
      'Host deep',
      '  ProxyJump gate',
      '  IdentityFile none',
      'Host gate',
      '  HostName gate.example',
      '  Port 2200',
      'Host github.com',
      '  User git',
    ].join('\n'),
    'parts/a.conf': 'Host one.lab\n  HostName %h.example\n',
    nas: keyText('none'),
    id_ed25519: keyText('aes256-ctr'),
  })
  const offered = await remote({ HOME: directory, USER: 'me' })
  // What stands before the first Host counts for all, and first.
  expect(offered.map(({ instance, values }) => [instance, values['url'], values['sshJump']])).toEqual([
    ['nas', 'ssh://everybody@10.0.0.4:2222', undefined],
    ['second-name', 'ssh://everybody@10.0.0.4:2222', undefined],
    ['one.lab', 'ssh://everybody@one.lab.example', undefined],
    ['deep', 'ssh://everybody@deep', 'everybody@gate.example:2200'],
    ['gate', 'ssh://everybody@gate.example:2200', undefined],
    ['github.com', 'ssh://everybody@github.com', undefined],
  ])
  expect(offered[0]).toEqual({
    instance: 'nas',
    values: { url: 'ssh://everybody@10.0.0.4:2222', sshKey: `file:${directory}/.ssh/nas` },
    evidence: 'Host nas of ~/.ssh/config',
    ask: [],
    remote: true,
  })
})

test('a key with a passphrase, an agent and nothing at all each ask for what they lack', async () => {
  const config = 'Host nas\n  User admin\nHost forge\n  User git\nHost far\n  ProxyJump one,two\n'
  const locked = await home({ config, id_ed25519: keyText('aes256-ctr') })
  expect(await remote({ HOME: locked })).toMatchObject([
    { instance: 'nas', values: { url: 'ssh://admin@nas', sshKey: `file:${locked}/.ssh/id_ed25519` }, ask: ['sshKeyPassphrase'] },
  ])
  const bare = await home({ config })
  expect(await remote({ HOME: bare, SSH_AUTH_SOCK: '/run/agent' })).toMatchObject([{ values: { sshAgent: 'env:SSH_AUTH_SOCK' }, ask: [] }])
  expect(await remote({ HOME: bare })).toMatchObject([{ values: { url: 'ssh://admin@nas' }, ask: ['sshPassword'] }])
})

test('keys made by ssh-keygen are told apart by their passphrase', async ({ skip }) => {
  const directory = await home({ config: 'Host open\n  IdentityFile ~/.ssh/open\nHost locked\n  IdentityFile ~/.ssh/locked\n' })
  try {
    for (const [name, passphrase] of [
      ['open', ''],
      ['locked', 'long enough'],
    ] as const)
      await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(directory, '.ssh', name)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') skip('there is no ssh-keygen')
    throw error
  }
  expect((await remote({ HOME: directory })).map(({ instance, ask }) => [instance, ask])).toEqual([
    ['open', []],
    ['locked', ['sshKeyPassphrase']],
  ])
})

test('a home without a configuration offers no other host', async () => {
  expect(await remote({ HOME: await home({}) })).toEqual([])
  expect(await remote({})).toEqual([])
})
