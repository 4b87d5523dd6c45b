import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Application } from '../../src/application.ts'
import { commandLine } from '../../src/run.ts'

const application: Application = { name: 'rackwarden', title: 'Rackwarden', version: '1.2.3', services: [], prefixed: true }

const configuration = [
  'services:',
  '  linux:',
  '    instances:',
  '      nas: { url: "ssh://root@nas.lan:22", sshJump: joe@gate.lan }',
  '  prometheus: { url: http://10.0.0.9:9090 }',
  '',
].join('\n')

interface Asked {
  options?: readonly string[]
  environment?: Record<string, string>
  text?: string
}

/** What the hook answers to a text on stdin, and how it ended. */
async function answerTo(input: string | undefined, { options = [], environment = {}, text = configuration }: Asked = {}) {
  const home = await mkdtemp(join(tmpdir(), 'rackwarden-hook-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, '.config', 'rackwarden'), { recursive: true })
  await writeFile(join(home, '.config', 'rackwarden', 'rackwarden.yaml'), text)
  const output: string[] = []
  const code = await commandLine(application, ['hook', 'pre-tool-use', ...options], {
    print: (line) => void output.push(line),
    complain: (line) => expect.unreachable(line),
    environment: { HOME: home, ...environment },
    directory: home,
    ...(input === undefined ? {} : { read: () => Promise.resolve(input) }),
  })
  return { code, output: output.join('\n') }
}

const calling = (command: string) =>
  JSON.stringify({
    session_id: 'x',
    cwd: '/tmp',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command, description: 'x' },
  })

async function decisionOn(command: string, asked?: Asked): Promise<string> {
  const { code, output } = await answerTo(calling(command), asked)
  expect(code).toBe(0)
  if (output === '') return 'nothing'
  return (JSON.parse(output) as { hookSpecificOutput: { permissionDecision: string } }).hookSpecificOutput.permissionDecision
}

describe('a command about to be run', () => {
  test('that destroys is denied, in the form Claude Code reads, with the reason', async () => {
    const { output } = await answerTo(calling('ssh root@nas.lan zpool destroy tank'))
    expect(JSON.parse(output)).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'Rackwarden: `zpool destroy tank` destroys a pool with everything on it.',
      },
    })
  })

  test.each([
    ['ssh nas.lan df -h', 'nothing'],
    ['ssh nas.lan reboot', 'ask'],
    ["s''sh nas.lan 'rm -rf /etc'", 'deny'],
    ['/usr/bin/ssh nas.lan qm destroy 100', 'deny'],
    ["bash -c 'ssh nas.lan mkfs.ext4 /dev/sdb'", 'deny'],
    ['cd /tmp && ssh nas.lan uptime', 'nothing'],
    ['scp x nas.lan:/etc/passwd', 'ask'],
    ['docker -H ssh://nas.lan rm -f db', 'ask'],
    ['kubectl delete ns media', 'deny'],
    ['curl -X POST http://10.0.0.9:9090/-/quit', 'ask'],
    ['curl -X DELETE http://gate.lan/x', 'ask'],
    ['rackwarden approve 123', 'deny'],
    ['rackwarden hooks remove --yes', 'ask'],
    ["sed -i '' ~/.claude/settings.json", 'ask'],
    ['echo x > ~/.local/share/rackwarden/decisions/x.json', 'deny'],
    ['echo x > ~/.config/rackwarden/rackwarden.yaml', 'ask'],
    ['ssh nas.lan "$(cat x)"', 'ask'],
    ['ssh nas.lan "unfinished', 'ask'],
  ])('%s: %s', async (command, decision) => {
    expect(await decisionOn(command)).toBe(decision)
  })

  test.each(['rm -rf build', 'npm test', 'sudo reboot', 'curl -X POST https://example.org', 'docker rm -f db', 'git push'])(
    '%s is not ours to judge, unless every command is',
    async (command) => {
      expect(await decisionOn(command)).toBe('nothing')
      expect(await decisionOn(command, { options: ['--all'] })).toBe('ask')
    },
  )

  test('on the engine of this machine counts where that engine is of the lab', async () => {
    expect(await decisionOn('docker rm -f db', { text: 'services:\n  docker: {}\n' })).toBe('ask')
    expect(await decisionOn('docker rm -f db', { environment: { DOCKER_HOST: 'tcp://10.0.0.3:2375' } })).toBe('ask')
  })

  test('reaches a host that only the environment names', async () => {
    const environment = { PIHOLE_URL: 'https://dns.lan/admin' }
    expect(await decisionOn('curl -X POST https://dns.lan/x')).toBe('nothing')
    expect(await decisionOn('curl -X POST https://dns.lan/x', { environment })).toBe('ask')
  })
})

describe('anything else', () => {
  test.each([
    undefined,
    '',
    'no json',
    '[]',
    'null',
    '{}',
    '{"tool_name":"Bash"}',
    '{"tool_name":"Bash","tool_input":{"command":7}}',
    calling('ssh nas.lan df').slice(0, 40),
  ])('%j is asked about, and the client goes on', async (input) => {
    const { code, output } = await answerTo(input)
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'ask' } })
  })

  test('another tool is left alone', async () => {
    expect(await answerTo(JSON.stringify({ tool_name: 'Read', tool_input: { file_path: '/etc/passwd' } }))).toEqual({ code: 0, output: '' })
  })
})
