import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkplace, lockService } from '../workplace.ts'

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
