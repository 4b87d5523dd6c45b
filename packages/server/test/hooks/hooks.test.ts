import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Application } from '../../src/application.ts'
import { commandLine } from '../../src/run.ts'

const application: Application = { name: 'rackwarden', title: 'Rackwarden', version: '1.2.3', services: [], prefixed: true }

/** A home with these files in it, and a shell whose user answers `yes` or is not there. */
async function openHome(files: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'rackwarden-hooks-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  return {
    home,
    run: async (
      argv: string[],
      { input, answer, environment = {} }: { input?: string; answer?: string; environment?: Record<string, string> } = {},
    ) => {
      const [output, errors]: [string[], string[]] = [[], []]
      const code = await commandLine(application, argv, {
        print: (text) => void output.push(text),
        complain: (text) => void errors.push(text),
        environment: { HOME: home, ...environment },
        directory: home,
        program: ['/usr/bin/node', '/opt/rack warden/bin.cjs'],
        ...(input === undefined ? {} : { read: () => Promise.resolve(input) }),
        ...(answer === undefined ? {} : { ask: () => Promise.resolve(answer) }),
      })
      return { code, output: output.join('\n'), errors: errors.join('\n') }
    },
    text: (path: string) => readFile(join(home, path), 'utf8'),
  }
}

const settingsFile = '.claude/settings.json'
const foreign = { matcher: 'Bash', hooks: [{ type: 'command', command: '/opt/other hook pre', timeout: 5 }] }
const command = "/usr/bin/node '/opt/rack warden/bin.cjs' hook pre-tool-use"
const entry = { matcher: 'Bash', hooks: [{ type: 'command', command, timeout: 15 }] }

describe('installing the hook', () => {
  test('shows what changes, keeps a copy, and leaves everything else where it is', async () => {
    const before = { model: 'x', hooks: { PostToolUse: [foreign], PreToolUse: [foreign] }, permissions: { deny: ['Bash(rm:*)'] } }
    const { home, run, text } = await openHome({ [settingsFile]: JSON.stringify(before, null, 4) })
    const { code, output } = await run(['hooks', 'install'], { answer: 'y' })
    expect(code).toBe(0)
    expect(output).toContain(`+                         "command": "${command}"`)
    expect(output).not.toMatch(/^[+-] .*model/m)
    const after = await text(settingsFile)
    expect(JSON.parse(after)).toEqual({ ...before, hooks: { ...before.hooks, PreToolUse: [foreign, entry] } })
    expect(Object.keys(JSON.parse(after) as object)).toEqual(['model', 'hooks', 'permissions'])
    expect(after).toContain('\n    "model"')
    const [backup = ''] = (await readdir(join(home, '.claude'))).filter((name) => name.includes('backup'))
    expect(await text(join('.claude', backup))).toBe(JSON.stringify(before, null, 4))
  })

  test('twice leaves it there once, and with other options in their place', async () => {
    const { run, text } = await openHome({ [settingsFile]: '{}\n' })
    await run(['hooks', 'install', '--yes'])
    const once = await text(settingsFile)
    expect((await run(['hooks', 'install', '--yes'])).output).toContain('nothing to change')
    expect(await text(settingsFile)).toBe(once)
    await run(['hooks', 'install', '--yes', '--all', '--config', 'lab.yaml'])
    expect(JSON.parse(await text(settingsFile))).toMatchObject({
      hooks: { PreToolUse: [{ hooks: [{ command: expect.stringMatching(/ --all --config \S+\/lab\.yaml$/) as string }] }] },
    })
  })

  test('makes the file where there is none, of the project where that is asked for', async () => {
    const { run, text } = await openHome()
    expect((await run(['hooks', 'install', '--project', '--yes'])).code).toBe(0)
    expect(JSON.parse(await text(settingsFile))).toEqual({ hooks: { PreToolUse: [entry] } })
  })

  test('writes nothing without a yes, or only to be seen', async () => {
    const { run, text } = await openHome({ [settingsFile]: '{}' })
    expect((await run(['hooks', 'install'], { answer: '' })).code).toBe(1)
    expect((await run(['hooks', 'install'])).code).toBe(2)
    expect((await run(['hooks', 'install', '--print'])).code).toBe(0)
    expect(await text(settingsFile)).toBe('{}')
  })

  test.each([
    ['{\n  // mine\n  "model": "x"\n}', 'is not JSON'],
    ['[]', 'holds no object'],
    ['{"hooks": []}', "'hooks'"],
    ['{"hooks": {"PreToolUse": {}}}', "'hooks.PreToolUse'"],
    ['{"hooks": {"PreToolUse": [{"matcher": "Bash"}]}}', "'hooks.PreToolUse[0]'"],
  ])('refuses %s, and leaves it as it is', async (before, why) => {
    const { run, text, home } = await openHome({ [settingsFile]: before })
    for (const verb of ['install', 'remove']) {
      const { code, errors } = await run(['hooks', verb, '--yes'])
      expect([code, errors]).toEqual([1, expect.stringContaining(why)])
    }
    expect(await text(settingsFile)).toBe(before)
    expect(await readdir(join(home, '.claude'))).toEqual(['settings.json'])
  })
})

describe('removing the hook', () => {
  test.each([
    {},
    { model: 'x' },
    { hooks: { PreToolUse: [foreign] } },
    { hooks: { Stop: [foreign] } },
    { hooks: { PreToolUse: [{ matcher: '*', hooks: [] }] }, env: { A: '1' } },
  ])('takes exactly that out of %j', async (before) => {
    const { run, text } = await openHome({ [settingsFile]: `${JSON.stringify(before, null, 2)}\n` })
    const written = await text(settingsFile)
    await run(['hooks', 'install', '--yes'])
    expect(await text(settingsFile)).not.toBe(written)
    expect((await run(['hooks', 'remove', '--yes'])).code).toBe(0)
    expect(await text(settingsFile)).toBe(written)
  })

  test('leaves the hooks somebody put beside it', async () => {
    const [other] = foreign.hooks
    const { run, text } = await openHome({
      [settingsFile]: JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [...entry.hooks, other] }] } }),
    })
    await run(['hooks', 'remove', '--yes'])
    expect(JSON.parse(await text(settingsFile))).toEqual({ hooks: { PreToolUse: [foreign] } })
  })

  test('changes nothing where it is not', async () => {
    const { run, home } = await openHome()
    expect(await run(['hooks', 'remove', '--yes'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('nothing to change') as string,
    })
    expect(await readdir(home)).toEqual([])
  })
})
