import { describe, expect, test } from 'vitest'
import { judgeCommand, judgeScript } from '../../src/index.ts'
import type { Decision } from '../../src/commands/verdict.ts'
import { corpus } from './corpus.ts'

async function deviations(decision: Decision): Promise<string[]> {
  const verdicts = await Promise.all(corpus(decision).map(async (script) => ({ script, ...(await judgeScript(script)) })))
  return verdicts.filter((verdict) => verdict.decision !== decision).map(({ script, reason }) => `${script} — ${reason}`)
}

describe('the corpus', () => {
  test('holds enough of each kind to mean something', () => {
    for (const decision of ['refuse', 'ask', 'allow'] as const) expect(new Set(corpus(decision)).size).toBeGreaterThan(150)
  })

  test('of what destroys is refused', async () => {
    expect(await deviations('refuse')).toEqual([])
  })

  test('of what a person must decide is asked', async () => {
    expect(await deviations('ask')).toEqual([])
  })

  test('of ordinary work is allowed, without one false alarm', async () => {
    const alarms = await deviations('allow')
    const total = corpus('allow').length
    process.stdout.write(`false alarms: ${alarms.length} of ${total} ordinary commands (${((100 * alarms.length) / total).toFixed(1)} %)\n`)
    expect(alarms).toEqual([])
  })
})

describe('a verdict', () => {
  test('says in one sentence which part of a script decided, and why', async () => {
    expect(await judgeScript('df -h; sudo zpool destroy tank')).toEqual({
      decision: 'refuse',
      reason: '`zpool destroy tank` destroys a pool with everything on it.',
      command: 'zpool destroy tank',
    })
    expect(await judgeCommand(['bash', '-c', 'ls && reboot'])).toEqual({
      decision: 'ask',
      reason: '`reboot` takes this host down.',
      command: 'reboot',
    })
  })

  test('shows neither control characters nor a line that never ends', async () => {
    const { reason } = await judgeCommand(['reboot', '\u001B[2J\u202E\n', 'x'.repeat(5000)])
    for (const character of ['\u001B', '\u202E', '\n']) expect(reason).not.toContain(character)
    expect(reason.length).toBeLessThan(300)
  })

  test('is to ask where there is nothing to judge', async () => {
    expect((await judgeCommand([])).decision).toBe('ask')
    expect((await judgeCommand([''])).decision).toBe('ask')
    expect((await judgeCommand(['ls', '\0'])).decision).toBe('ask')
  })

  test('takes arguments as they are: what would be code in a shell is text', async () => {
    expect((await judgeCommand(['echo', '$(reboot)', ';', 'reboot'])).decision).toBe('allow')
    expect((await judgeCommand(['rm', '-rf', '/tmp/a; b'])).decision).toBe('allow')
    expect((await judgeCommand(['rm', '-rf', '/'])).decision).toBe('refuse')
  })
})

describe('what is told of the lab', () => {
  const context = {
    stateDirectories: ['/srv/hub/state'],
    protectedPaths: ['/srv/hub/config.yaml', '/opt/keys/'],
    ownUnits: ['hub.service'],
    ownContainers: ['homelab-hub'],
  }

  test.for([
    ['echo x > /srv/hub/state/plans/a', 'refuse'],
    ['cd /srv/hub && touch state/plans/a', 'refuse'],
    ['rm -rf /srv/hub', 'refuse'],
    ['cp a /srv/hub/config.yaml', 'ask'],
    ['mv /opt/keys /srv/x', 'ask'],
    ['cp a /srv/hub/other.txt', 'allow'],
    ['cat /srv/hub/config.yaml', 'allow'],
    ['systemctl restart hub', 'ask'],
    ['systemctl restart hub.service', 'ask'],
    ['systemctl restart nginx', 'allow'],
    ['docker stop homelab-hub', 'ask'],
    ['docker rm homelab-hub', 'refuse'],
    ['docker restart web', 'allow'],
  ] as const)('is guarded: %s is %s', async ([script, decision], { expect: expected }) => {
    expected((await judgeScript(script, context)).decision).toBe(decision)
  })
})
