import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SettingsPath } from '../../src/cli/settings/json-edit.ts'
import { changeSettings, readSettings, type SettingsFormat } from '../../src/cli/settings/settings-format.ts'

const entry = { command: '/usr/bin/node', args: ['/opt/b"in.cjs', 'serve'] }

const place: SettingsPath = ['servers', 'ours']

function change(text: string, format: SettingsFormat, value: unknown = entry, at = place): Promise<string> {
  return changeSettings(text, format, { at, value }, 'the file')
}

function remove(text: string, format: SettingsFormat, at = place): Promise<string> {
  return changeSettings(text, format, { at, value: undefined }, 'the file')
}

describe('JSON with comments', () => {
  test('gets an entry beside the others, each character of which stays', async () => {
    const before = [
      '{',
      '\t// mine',
      '\t"servers": { // all',
      '\t\t"other": { "type": "stdio" }, // why',
      '\t\t/* for later',
      '\t\t"third": {} */',
      '\t},',
      '\t"inputs": [{"id":1},],',
      '}',
    ].join('\n')
    const after = await change(before, 'jsonc')
    expect(after).toBe(
      before.replace(
        ' // why\n',
        ' // why\n\t\t"ours": {\n\t\t\t"command": "/usr/bin/node",\n\t\t\t"args": [\n\t\t\t\t"/opt/b\\"in.cjs",\n\t\t\t\t"serve"\n\t\t\t]\n\t\t},\n',
      ),
    )
    expect(await remove(after, 'jsonc')).toBe(before)
    const longer = await change(after, 'jsonc', { id: 2 }, ['inputs', 1])
    expect(longer).toContain('\t"inputs": [{"id":1},')
    expect(await readSettings(longer, 'jsonc', '')).toMatchObject({ inputs: [{ id: 1 }, { id: 2 }] })
  })

  test('changes only the keys of an entry that differ', async () => {
    const before = '{ "servers": { "ours": {\n  "command": "old", // mine\n  "env": { "A": "b" } /* keep */,\n  "args": ["x"]\n} } }'
    const after = await change(before, 'jsonc', { ...entry, env: { A: 'b' } })
    expect(after).toContain('"command": "/usr/bin/node", // mine\n  "env": { "A": "b" } /* keep */,')
    const gone = await change(before, 'jsonc', { env: { A: 'b' }, url: 'http://x' })
    expect(gone).toContain('"env": { "A": "b" }, /* keep */')
    expect(await readSettings(gone, 'jsonc', '')).toEqual({ servers: { ours: { env: { A: 'b' }, url: 'http://x' } } })
  })

  test.each(['', ' \n', '{}', '{ }\n', '{\n  // only\n}\n', '\uFEFF{}\r\n', '{"a":1}', '{"servers":{}}', '{"servers":{"other":1}}'])(
    'takes out again what it put into %j',
    async (before) => {
      const after = await change(before, 'jsonc')
      expect(await readSettings(after, 'jsonc', '')).toMatchObject({ servers: { ours: entry } })
      const left = await readSettings(await remove(after, 'jsonc', ['servers']), 'jsonc', '')
      expect(left).toEqual(Object.fromEntries(Object.entries(await readSettings(before, 'jsonc', '')).filter(([key]) => key !== 'servers')))
    },
  )
})

describe('TOML', () => {
  const before = '# mine\nmodel = "x"   # best\nlist = [ 1,\n  2, # two\n]\n\n[mcp_servers.other]\ncommand = \'y\'\n[tui]\ntheme="z"'
  const at = ['mcp_servers', 'ours']

  test('gets a table of its own at the end, and every line before it stays', async () => {
    const after = await change(before, 'toml', entry, at)
    expect(after).toBe(`${before}\n\n[mcp_servers.ours]\ncommand = "/usr/bin/node"\nargs = [ "/opt/b\\"in.cjs", "serve" ]\n`)
    const windows = await change(before.replaceAll('\n', '\r\n'), 'toml', entry, at)
    expect(windows).toBe(after.replaceAll('\n', '\r\n'))
  })

  test('changes and takes out what is there, and nothing beside it', async () => {
    const there = await change(before, 'toml', { ...entry, env: { A: 'b' } }, at)
    const other = await change(there, 'toml', { url: 'http://x', env: { A: 'b' } }, at)
    expect(other.startsWith(`${before}\n\n[mcp_servers.ours]\nurl = "http://x"\n`)).toBe(true)
    expect(await readSettings(other, 'toml', '')).toMatchObject({ mcp_servers: { ours: { url: 'http://x', env: { A: 'b' } } } })
    expect((await remove(other, 'toml', at)).trimEnd()).toBe(before)
  })

  test.each([
    'mcp_servers = { other = { command = "x" } }\n',
    'mcp_servers.other.command = "x"\n',
    '[mcp_servers]\nother = { command = "x" }\n[z]\nq = 1\n',
    '[mcp_servers]\n',
    '',
  ])('finds its place in %j, and leaves no comma at the end of a table on one line', async (text) => {
    const after = await change(text, 'toml', entry, at)
    expect(after).not.toMatch(/,\s*\}/)
    expect(await readSettings(after, 'toml', '')).toMatchObject({ mcp_servers: { ours: entry } })
  })
})

test.each([
  ['json', '{ // no\n}', /is not JSON/],
  ['json', '{"a":1', /is not JSON/],
  ['json', '[]', /holds no object/],
  ['jsonc', '{ "servers": }', /is not JSON/],
  ['jsonc', 'null', /holds no object/],
  ['jsonc', '{"servers":{},"servers":{"x":1}}', /cannot be changed from here/],
  ['jsonc', '{"servers":3}', /cannot be changed from here/],
  ['toml', '[servers', /is not TOML/],
  ['toml', 'servers = 3\n', /cannot be changed from here/],
] as const)('%s %j is left as it is', async (format, text, why) => {
  await expect(change(text, format)).rejects.toThrow(why)
})

const key = fc.oneof(fc.constantFrom('a', 'servers', 'ours', 'constructor', ''), fc.string({ maxLength: 6 }))
const scalar = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean())
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(key, tie('tree'), { maxKeys: 4 })),
}))
const record = fc.dictionary(key, tree, { maxKeys: 4 })

/** JSON as people write it: with comments, line breaks and commas at ends, between any two tokens. */
function written(value: unknown, pick: (most: number) => number, notes: string[]): string {
  const gap = () => {
    const kind = pick(6)
    if (kind > 2) return ['', ' ', '\n  '][kind - 3]!
    const note = `note${notes.length}`
    notes.push(note)
    return [` // ${note}\n`, `/* ${note} */`, `\n/* ${note}\n */\n`][kind]!
  }
  const around = (text: string) => gap() + text + gap()
  const list = (parts: string[]) => parts.map(around).join(',') + (parts.length > 0 && pick(2) === 0 ? `,${gap()}` : gap())
  if (Array.isArray(value)) return `[${list(value.map((item) => written(item, pick, notes)))}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${list(Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}${gap()}:${gap()}${written(item, pick, notes)}`))}}`
}

test('whatever a file with comments holds, an entry comes and goes, and every comment and value stays', async () => {
  await fc.assert(
    fc.asyncProperty(record, fc.infiniteStream(fc.nat({ max: 11 })), async (data, stream) => {
      const servers = data['servers']
      fc.pre(servers === undefined || (typeof servers === 'object' && servers !== null && !Array.isArray(servers)))
      const notes: string[] = []
      const text = written(data, (most) => (stream.next().value as number) % most, notes)
      fc.pre(!('ours' in (servers ?? {})))
      const added = await change(text, 'jsonc')
      const removed = await remove(added, 'jsonc')
      const before = await readSettings(text, 'jsonc', '')
      expect(await readSettings(removed, 'jsonc', '')).toEqual({ servers: {}, ...before })
      for (const note of notes)
        for (const result of [added, removed]) expect(result.split(`${note}\n`).length + result.split(`${note} `).length).toBe(3)
    }),
  )
})

test('whatever TOML holds, an entry comes and goes, and everything else reads as before', async () => {
  const { stringify } = await import('@decimalturn/toml-patch')
  const name = fc.stringMatching(/^[a-z_ ."-]{1,6}$/)
  const table = fc.dictionary(name, fc.oneof(scalar, fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 })), {
    maxKeys: 4,
    noNullPrototype: true,
  })
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, table, { maxKeys: 3, noNullPrototype: true }), table, name, async (data, servers, ours) => {
      const text = stringify({ ...data, mcp_servers: { other: servers } })
      const before = await readSettings(text, 'toml', '')
      const at = ['mcp_servers', `${ours}x`]
      const added = await change(text, 'toml', entry, at)
      expect(added.startsWith(text.trimEnd())).toBe(true)
      expect(await readSettings(await remove(added, 'toml', at), 'toml', '')).toEqual(before)
    }),
    { numRuns: 50 },
  )
})
