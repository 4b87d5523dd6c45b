import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminAcknowledgement } from '@rackwarden/core'
import { openService, readAudit, type CallResult, type OpenedService } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import linux from '../src/index.ts'

/** A pretend host an assistant may administer, as far as a person agrees; and a write that waits for them. */
async function waiting(): Promise<{ service: OpenedService; stateDirectory: string; id: string; confirm: string }> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-attacks-'))
  const simulation = (await linux.simulate()).default()
  const environment = { RACKWARDEN_ADMIN: adminAcknowledgement }
  const service = await openService(linux, {
    simulation: await simulation,
    tier: 'admin',
    environment,
    stateDirectory,
    log: () => undefined,
  })
  onTestFinished(async () => {
    await service.close(0)
    await rm(stateDirectory, { recursive: true, force: true })
  })
  const asked = await service.call('exec_command', { command: ['systemctl', 'reboot'] })
  if (asked.kind !== 'pending') throw new Error(asked.text)
  return { service, stateDirectory, id: asked.approval ?? '', confirm: asked.plan?.confirm ?? '' }
}

async function linesOf({ runtime }: OpenedService, stateDirectory: string) {
  await runtime.audit.flush()
  return readAudit(stateDirectory, { tool: 'exec_command' })
}

const kindOf = (result: CallResult) => (result.kind === 'error' ? result.error.code : result.kind)

// That a state directory elsewhere on this machine is as safe is held where there is a real shell: command.real.test.ts.
test.each<[what: string, script: (id: string) => string]>([
  ['approves', (id) => `rackwarden approve ${id}`],
  ['approves through another program', (id) => `npx -y rackwarden approve ${id}`],
  ['approves among ordinary commands', (id) => `df -h\nfor x in ${id}; do rackwarden approve "$x"; done`],
  ['approves with a passphrase it found', (id) => `rackwarden approve ${id} --passphrase-file /tmp/found`],
  ['allows ahead', () => 'rackwarden allow "linux *" --for 1d'],
  ['sets a passphrase', () => 'rackwarden owner set-passphrase --passphrase-file /tmp/mine'],
  ['makes a token of a higher tier', () => 'rackwarden token create mine --tier admin'],
  ['writes a decision', (id) => `echo '{"decision":"approved"}' > ~/.local/share/rackwarden/decisions/${id}.json`],
  ['takes the key of the owner away', () => 'rm ~/.local/share/rackwarden/owner.json'],
  ['takes the whole state directory away', () => 'mv /var/lib/rackwarden /tmp/gone'],
])('a command that %s is refused whoever would agree, and audited', async (_, scriptOf) => {
  const { service, stateDirectory, id, confirm } = await waiting()
  const script = scriptOf(id)
  expect(kindOf(await service.call('exec_command', { script }))).toBe('protected')
  expect(kindOf(await service.call('exec_command', { script, confirm }))).toMatch(/^(?:denied|protected)$/)
  expect(kindOf(await service.call('exec_command', { command: ['systemctl', 'reboot'], confirm }))).toBe('pending')
  const lines = await linesOf(service, stateDirectory)
  expect(lines.filter(({ kind }) => kind === 'intent')).toEqual([])
  expect(lines.filter(({ input, result }) => JSON.stringify(input).includes('script') && result === 'error')).toHaveLength(2)
  expect(await readdir(stateDirectory)).not.toContain('decisions')
})

test.each([
  ['raises the tier in the configuration', 'sed -i s/observe/admin/ ~/.config/rackwarden/rackwarden.yaml'],
  ['raises the tier by a variable', 'RACKWARDEN_TIER=admin rackwarden serve'],
  ['serves with another state directory', 'RACKWARDEN_STATE_DIR=/tmp/x rackwarden serve'],
  ['calls with a token by itself', 'rackwarden call linux_reboot_host confirm=AAAABBBBCCCCDDDD'],
  ['edits the settings of Claude Code', `echo '{"permissions":{"allow":["*"]}}' > ~/.claude/settings.json`],
  ['edits the servers of an assistant', 'echo {} > .cursor/mcp.json'],
])('a command that %s is put to a person, who is warned, and not run before', async (_, script) => {
  const { service, stateDirectory } = await waiting()
  const asked = await service.call('exec_command', { script })
  expect(asked).toMatchObject({ kind: 'pending' })
  expect(asked.text).toContain('Command policy: a person should decide.')
  const lines = await linesOf(service, stateDirectory)
  expect(lines.map(({ kind, result }) => [kind, result])).toEqual([
    ['approval', 'requested'],
    ['approval', 'requested'],
  ])
})
