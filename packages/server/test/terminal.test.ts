import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { askedLab, labWords, type AskedLab } from './asked-lab.ts'
import { bundled } from './bundle.ts'

const bin = await bundled('lamp-bin')
const passphrase = 'correct horse battery'

/** Runs a command at a terminal of its own and types an answer as each question comes; gives what stood on the screen. */
async function atTerminal(
  lab: AskedLab,
  answers: readonly [string, string][],
  ...argv: string[]
): Promise<{ code: number; screen: string }> {
  const line = [process.execPath, bin, ...argv].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    env: lab.environment,
    cwd: lab.directory,
  })
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
  const gone = once(child, 'exit').then(([code]) => code as number)
  for (const [question, answer] of answers) {
    await vi.waitFor(() => expect(screen).toContain(question), { timeout: 10_000 })
    child.stdin.write(`${answer}\r`)
  }
  return { code: await gone, screen }
}

test.runIf(process.platform === 'linux')(
  'a person sets a passphrase and approves at a second terminal, and what they type is not seen',
  async () => {
    const lab = await askedLab(bin)
    const set = await atTerminal(
      lab,
      [
        ['New passphrase: ', passphrase],
        ['The same again: ', passphrase],
      ],
      'owner',
      'set-passphrase',
    )
    expect(set).toMatchObject({ code: 0, screen: expect.stringContaining('SHA256:') })
    const asking = lab.start('call', 'set_level', 'level=7', ...labWords, '--json')
    await asking.gone
    const { approval, plan } = JSON.parse(asking.output()) as { approval: string; plan: { confirm: string } }
    const approved = await atTerminal(lab, [['Passphrase, to approve exactly this: ', passphrase]], 'approve', approval, '--demo')
    expect(approved.code).toBe(0)
    for (const part of ['Set the level to 7', 'level: 1 → 7', 'Approved.']) expect(approved.screen).toContain(part)
    for (const { screen } of [set, approved]) expect(screen).not.toContain('horse')
    const done = lab.start('call', 'set_level', 'level=7', ...labWords, `confirm=${plan.confirm}`)
    expect(await done.gone).toBe(0)
    expect(done.output()).toMatch(/^DONE/)
  },
)
