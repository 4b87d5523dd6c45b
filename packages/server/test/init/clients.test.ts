import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { clientEntry } from '../../src/cli/init/client-entry.ts'
import { createWorkplace, lockService } from './workplace.ts'

const gate = lockService('gate', [{ instance: 'default', values: { url: 'http://127.0.0.1:1' }, evidence: 'a socket' }])
const entry = { command: '/usr/bin/node', args: ['/opt/rackwarden/bin.cjs'] }

test('a client that was named is written to, beside what it holds, with a copy of what it was', async () => {
  const { home, run, text, mode } = await createWorkplace([gate])
  const path = '.config/Claude/claude_desktop_config.json'
  await mkdir(dirname(join(home, path)), { recursive: true })
  const before = JSON.stringify(
    { theme: 'dark', mcpServers: { other: { command: 'x' }, rackwarden: { command: 'old', env: { A: 'b' } } } },
    null,
    4,
  )
  await writeFile(join(home, path), before)
  expect(await run(undefined, 'init', '--yes', '--client', 'claude-desktop')).toMatchObject({ code: 0, errors: '' })
  expect(JSON.parse(await text(path))).toEqual({
    theme: 'dark',
    mcpServers: { other: { command: 'x' }, rackwarden: { env: { A: 'b' }, ...entry } },
  })
  expect(await text(path)).toContain('\n    "theme"')
  const [backup = ''] = (await readdir(dirname(join(home, path)))).filter((name) => name.includes('backup'))
  expect(await readFile(join(dirname(join(home, path)), backup), 'utf8')).toBe(before)
  expect(await mode(join(dirname(path), backup))).toBe('600')
  const again = await run(undefined, 'init', '--yes', '--client', 'claude-desktop')
  expect(again.output).toContain('has this entry already')
  expect((await readdir(dirname(join(home, path)))).length).toBe(2)
})

test('a file that is no JSON is left alone, and the entry is shown instead', async () => {
  const { home, run, text } = await createWorkplace([gate])
  await writeFile(join(home, '.claude.json'), '{ // mine\n}')
  const ran = await run(undefined, 'init', '--yes', '--client', 'claude-code', '--client', 'new/mcp.json')
  expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('was left as it is') })
  expect(ran.errors).toContain('"mcpServers"')
  expect(await text('.claude.json')).toBe('{ // mine\n}')
  expect(JSON.parse(await text('new/mcp.json'))).toEqual({ mcpServers: { rackwarden: entry } })
})

test('a package fetched by npx is started by npx, and any other place of the file is told', () => {
  const terminal = { print: () => undefined, complain: () => undefined, environment: { HOME: '/home/me' }, directory: '/' }
  const fetched = ['/usr/bin/node', '/home/me/.npm/_npx/a1b2/node_modules/@rackwarden/docker/dist/bin.cjs']
  expect(clientEntry('rackwarden-docker', '/home/me/.config/rackwarden/rackwarden.yaml', { ...terminal, program: fetched })).toEqual({
    command: 'npx',
    args: ['-y', '@rackwarden/docker'],
  })
  expect(clientEntry('rackwarden', '/srv/lab.yaml', { ...terminal, program: ['/usr/bin/node', '/opt/bin.cjs'] })).toEqual({
    command: '/usr/bin/node',
    args: ['/opt/bin.cjs', 'serve', '--config', '/srv/lab.yaml'],
  })
})

test('doctor says whether a client starts this, and whether it can', async () => {
  const { home, run } = await createWorkplace([gate])
  expect((await run(undefined, 'doctor')).output).toMatch(/^ok +client +no client that is known here has a configuration/m)
  await writeFile(join(home, '.claude.json'), '{"mcpServers":{"other":{"command":"x"}}}')
  expect((await run(undefined, 'doctor')).output).toMatch(
    /^warning +client +Claude Code does not start rackwarden[^]*→ .*init --client claude-code/m,
  )
  await writeFile(join(home, '.claude.json'), '{"mcpServers":{"rackwarden":{"command":"node","args":["/nowhere/bin.cjs"]}}}')
  expect((await run(undefined, 'doctor')).output).toMatch(/^warning +client +Claude Code: \/nowhere\/bin\.cjs is not there/m)
  await writeFile(join(home, '.claude.json'), JSON.stringify({ mcpServers: { mine: { command: process.execPath, args: ['rackwarden'] } } }))
  expect((await run(undefined, 'doctor')).output).toMatch(/^ok +client +Claude Code starts it as 'mine'/m)
  await writeFile(join(home, '.claude.json'), '{')
  expect((await run(undefined, 'doctor')).output).toMatch(/^warning +client +Claude Code: .*is not JSON/m)
})
