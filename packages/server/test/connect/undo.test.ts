import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { home } from './home.ts'

const yes: [RegExp, string][] = [[/^Write it\?/, 'y']]

describe('taking back', () => {
  const before = '{\n  // mine\n  "servers": {\n    "other": {}, // why\n  },\n}\n'
  const path = '.config/Code/User/mcp.json'

  test('puts back every character where nobody changed the file, and leaves no copy', async () => {
    const { run, text, files } = await home({ [path]: before })
    await run(undefined, 'connect', 'vscode', '--http', 'https://lab.example', '--yes')
    expect(await text(path)).not.toBe(before)
    expect(await run(yes, 'connect', 'vscode', '--undo')).toMatchObject({ code: 0 })
    expect([await text(path), await files(dirname(path))]).toEqual([before, ['mcp.json']])
    expect(await run(undefined, 'connect', 'vscode', '--undo', '--yes')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/nothing to put back/),
    })
  })

  test('takes away a file that was not there', async () => {
    const { run, files } = await home()
    await run(undefined, 'connect', 'vscode', '--yes')
    expect(await run(undefined, 'connect', 'vscode', '--undo', '--yes')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/is gone again/),
    })
    expect(await files(dirname(path))).toEqual([])
  })

  test('puts back the entry alone where somebody changed something else', async () => {
    const { home: directory, run, text } = await home({ '.claude.json': '{"mcpServers":{"rackwarden":{"command":"mine"}}}' })
    await run(undefined, 'connect', 'claude-code', '--yes')
    const changed = (await text('.claude.json')).replace('{', '{ "startups": 7,')
    await writeFile(join(directory, '.claude.json'), changed)
    expect(await run(undefined, 'connect', 'claude-code', '--undo', '--yes')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/only 'rackwarden' is put back/),
    })
    expect(JSON.parse(await text('.claude.json'))).toEqual({ startups: 7, mcpServers: { rackwarden: { command: 'mine' } } })
  })

  test('puts nothing back where somebody changed the entry', async () => {
    const { home: directory, run, text } = await home()
    await run(undefined, 'connect', 'claude-code', '--yes')
    const changed = (await text('.claude.json')).replace('/usr/bin/node', '/my/node')
    await writeFile(join(directory, '.claude.json'), changed)
    expect(await run(undefined, 'connect', 'claude-code', '--undo', '--yes')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/Somebody changed 'rackwarden'/),
    })
    expect(await text('.claude.json')).toBe(changed)
  })

  test('--remove takes out the entry and what is asked for it, and --undo puts them back', async () => {
    const { run, text } = await home({ [path]: before })
    await run(undefined, 'connect', 'vscode', '--http', 'https://lab.example', '--yes')
    const written = await text(path)
    expect(await run(undefined, 'connect', 'vscode', '--remove', '--yes')).toMatchObject({ code: 0 })
    expect(await text(path)).toBe(before.replace('  },\n}', '  },\n  "inputs": [],\n}'))
    expect(await run(undefined, 'connect', 'vscode', '--remove', '--yes')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/has no 'rackwarden'/),
    })
    await run(undefined, 'connect', 'vscode', '--undo', '--yes')
    expect(await text(path)).toBe(written)
  })
})
