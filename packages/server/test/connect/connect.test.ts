import { execFileSync } from 'node:child_process'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clientEntry } from '../../src/cli/connect/program-entry.ts'
import { home } from './home.ts'

const started = { command: '/usr/bin/node', args: ['/opt/rackwarden/bin.cjs'] }
const [yes, no] = [[[/^Write it\?/, 'y']] as [RegExp, string][], [[/^Write it\?/, '']] as [RegExp, string][]]

/** Each client: its settings of a user, those of a project, and what it is told to start and to reach. */
const clients = [
  [
    'claude-code',
    '.claude.json',
    '.mcp.json',
    { mcpServers: { rackwarden: started } },
    { mcpServers: { rackwarden: { type: 'http', url: 'https://lab.example/mcp', headers: { Authorization: 'Bearer ${LAB}' } } } },
  ],
  [
    'vscode',
    '.config/Code/User/mcp.json',
    '.vscode/mcp.json',
    { servers: { rackwarden: { type: 'stdio', ...started } } },
    {
      servers: {
        rackwarden: { type: 'http', url: 'https://lab.example/mcp', headers: { Authorization: 'Bearer ${input:rackwarden-token}' } },
      },
      inputs: [{ type: 'promptString', id: 'rackwarden-token', description: 'Bearer token of rackwarden', password: true }],
    },
  ],
  [
    'cursor',
    '.cursor/mcp.json',
    '.cursor/mcp.json',
    { mcpServers: { rackwarden: started } },
    { mcpServers: { rackwarden: { url: 'https://lab.example/mcp', headers: { Authorization: 'Bearer ${env:LAB}' } } } },
  ],
  [
    'gemini',
    '.gemini/settings.json',
    '.gemini/settings.json',
    { mcpServers: { rackwarden: started } },
    { mcpServers: { rackwarden: { httpUrl: 'https://lab.example/mcp', headers: { Authorization: 'Bearer ${LAB}' } } } },
  ],
] as const

describe.each(clients)('%s', (client, userPath, projectPath, program, address) => {
  test('is told to start this program, for this user alone', async () => {
    const { run, text, mode } = await home()
    expect(await run(undefined, 'connect', client, '--yes')).toMatchObject({ code: 0, errors: '' })
    expect(JSON.parse(await text(userPath))).toEqual(program)
    expect(await mode(userPath)).toBe('600')
  })

  test('is told of an address in the settings of a project, which hold no token', async () => {
    const { run, text, mode } = await home({}, { LAB: 'the-token-itself' })
    expect(
      await run(undefined, 'connect', client, '--project', '--http', 'https://lab.example/', '--token-env', 'LAB', '--yes'),
    ).toMatchObject({ code: 0, errors: '' })
    expect(JSON.parse(await text(projectPath))).toEqual(address)
    expect(await mode(projectPath)).toBe('644')
  })

  test('is shown what would be written, in its own form', async () => {
    const { run, files } = await home()
    const ran = await run(undefined, 'connect', client, '--http', 'https://lab.example/mcp', '--token-env', 'LAB', '--print')
    expect([ran.code, JSON.parse(ran.output)]).toEqual([0, address])
    expect(await files('.')).toEqual([])
  })
})

test('Codex is told in TOML, beside what stands there, with the token out of a variable', async () => {
  const before = '# mine\nmodel = "x" # best\n'
  const { run, text } = await home({ '.codex/config.toml': before })
  expect(await run(undefined, 'connect', 'codex', '--yes')).toMatchObject({ code: 0 })
  expect(await text('.codex/config.toml')).toBe(
    `${before}\n[mcp_servers.rackwarden]\ncommand = "/usr/bin/node"\nargs = [ "/opt/rackwarden/bin.cjs" ]\n`,
  )
  expect(await run(undefined, 'connect', 'codex', '--http', 'https://lab.example', '--token-env', 'LAB', '--yes')).toMatchObject({
    code: 0,
  })
  expect(await text('.codex/config.toml')).toBe(
    `${before}\n[mcp_servers.rackwarden]\nurl = "https://lab.example/mcp"\nbearer_token_env_var = "LAB"\n`,
  )
  expect(await run(undefined, 'connect', 'codex', '--project', '--print')).toMatchObject({
    output: '[mcp_servers.rackwarden]\ncommand = "/usr/bin/node"\nargs = [ "/opt/rackwarden/bin.cjs" ]',
  })
})

test('Claude Desktop starts programs only, and says so', async () => {
  const { run, text } = await home()
  expect(await run(undefined, 'connect', 'claude-desktop', '--yes')).toMatchObject({ code: 0 })
  expect(JSON.parse(await text('.config/Claude/claude_desktop_config.json'))).toEqual({ mcpServers: { rackwarden: started } })
  expect(await run(undefined, 'connect', 'claude-desktop', '--http', '--yes')).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/only starts programs/),
  })
  expect(await run(undefined, 'connect', 'claude-desktop', '--project', '--yes')).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/no settings of a project/),
  })
})

describe('writing', () => {
  const before = '{\n    "theme": "dark",\n    "mcpServers": { "other": { "command": "x" } }\n}\n'

  test('shows what changes, asks, keeps a copy, and changes nothing else', async () => {
    const { run, text, files, mode } = await home({ '.claude.json': before })
    const ran = await run(yes, 'connect', 'claude-code')
    expect(ran.code).toBe(0)
    expect(ran.output).toMatch(/^\+ +"rackwarden": \{$/m)
    expect(await text('.claude.json')).toContain('    "mcpServers": { "other": { "command": "x" },\n')
    const [backup = ''] = (await files('.')).filter((name) => name.includes('backup'))
    expect(await text(backup)).toBe(before)
    expect(await mode(backup)).toBe('600')
  })

  test('needs a yes; where nobody can give one, the entry is only shown', async () => {
    const { run, text } = await home({ '.claude.json': before })
    expect(await run(no, 'connect', 'claude-code')).toMatchObject({ code: 1, output: expect.stringMatching(/Nothing was written/) })
    const shown = await run(undefined, 'connect', 'claude-code')
    expect([shown.code, JSON.parse(shown.output)]).toEqual([0, { mcpServers: { rackwarden: started } }])
    expect(shown.errors).toContain('Add --yes to write it')
    expect(await text('.claude.json')).toBe(before)
  })

  test('a second time changes nothing, and asks nothing', async () => {
    const { run, text, files } = await home({ '.claude.json': before })
    await run(yes, 'connect', 'claude-code')
    const once = await text('.claude.json')
    expect(await run([], 'connect', 'claude-code')).toMatchObject({ code: 0, output: expect.stringMatching(/has this entry already/) })
    expect([await text('.claude.json'), (await files('.')).filter((name) => name.includes('backup')).length]).toEqual([once, 1])
  })

  test('keeps what somebody added to the entry, and shows none of its secrets', async () => {
    const own = { command: 'old', env: { API_TOKEN: 'a-real-token-here' }, timeout: 5 }
    const { run, text } = await home({ '.cursor/mcp.json': JSON.stringify({ mcpServers: { rackwarden: own } }, null, 2) })
    const { output } = await run(undefined, 'connect', 'cursor', '--yes', '--http', 'https://lab.example', '--token-env', 'LAB')
    expect(output).not.toContain('a-real-token-here')
    const { command: _, ...kept } = own
    expect(JSON.parse(await text('.cursor/mcp.json'))).toEqual({
      mcpServers: { rackwarden: { ...kept, url: 'https://lab.example/mcp', headers: { Authorization: 'Bearer ${env:LAB}' } } },
    })
  })

  test('leaves a link a link, and a file as readable as it was', async () => {
    const { home: directory, run, text, mode } = await home({ 'dotfiles/mcp.json': '{}' })
    await chmod(join(directory, 'dotfiles/mcp.json'), 0o640)
    await mkdir(join(directory, '.cursor'))
    await symlink('../dotfiles/mcp.json', join(directory, '.cursor/mcp.json'))
    expect(await run(undefined, 'connect', 'cursor', '--yes')).toMatchObject({ code: 0 })
    expect(JSON.parse(await text('dotfiles/mcp.json'))).toEqual({ mcpServers: { rackwarden: started } })
    expect(await mode('dotfiles/mcp.json')).toBe('640')
  })

  test.each([
    ['claude-code', '.claude.json', '{ // mine\n}', /is not JSON/],
    ['gemini', '.gemini/settings.json', '[]', /holds no object/],
    ['codex', '.codex/config.toml', '[x', /is not TOML/],
    ['gemini', '.gemini/settings.json', '{"mcpServers": [{}]}', /cannot be changed from here/],
    ['cursor', '.cursor/mcp.json', '{"mcpServers":"none"}', /cannot be changed from here/],
  ])('leaves what it cannot read as it is: %s', async (client, path, text, why) => {
    const { run, text: textOf, files } = await home({ [path]: text })
    expect(await run(undefined, 'connect', client, '--yes')).toMatchObject({ code: 1, errors: expect.stringMatching(why) })
    expect(await textOf(path)).toBe(text)
    expect((await files(dirname(path))).filter((name) => name.includes('backup'))).toEqual([])
  })
})

test('a directory or a pipe in the place of settings is told, and waited for by nobody', async () => {
  const { home: directory, run } = await home({ '.cursor/mcp.json/x': '' })
  execFileSync('mkfifo', [join(directory, '.claude.json')])
  for (const client of ['cursor', 'claude-code'])
    expect(await run(undefined, 'connect', client, '--yes')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/cannot be read: it is no file/),
    })
})

describe('the entry', () => {
  test('is of the pretend lab, with a tier and a name, where that is asked for', async () => {
    const { run } = await home()
    const ran = await run(undefined, 'connect', 'json', '--demo', '--tier', 'operate')
    expect(JSON.parse(ran.output)).toEqual({
      mcpServers: { 'rackwarden-demo': { ...started, args: [...started.args, 'serve', '--demo', '--tier', 'operate'] } },
    })
    expect(
      Object.keys((JSON.parse((await run(undefined, 'connect', 'json', '--name', 'lab')).output) as { mcpServers: object }).mcpServers),
    ).toEqual(['lab'])
  })

  test('lists what the client is to see, whichever way it comes', async () => {
    const { run } = await home()
    const entryOf = async (...words: string[]) => (await run(undefined, 'connect', 'json', ...words)).output
    expect(await entryOf('--expose', 'search')).toMatch(/"serve",\s+"--expose",\s+"search"/)
    expect(await entryOf('--http', '--expose', 'search')).toContain('"http://127.0.0.1:3005/mcp?expose=search"')
    expect(await entryOf('--http', 'http://127.0.0.1:1/mcp/gate?toolsets=a,b')).toContain('/mcp/gate?toolsets=a,b"')
  })

  test('leads to the configured address, with a token where one is needed', async () => {
    const { run } = await home({ 'rackwarden.yaml': 'http: { publicUrl: "https://home.example/lab" }' })
    const ran = await run(undefined, 'connect', 'json', '--http')
    expect(JSON.parse(ran.output)).toEqual({
      mcpServers: {
        rackwarden: { type: 'http', url: 'https://home.example/lab/mcp', headers: { Authorization: 'Bearer ${RACKWARDEN_CLIENT_TOKEN}' } },
      },
    })
    expect(ran.errors).toContain('token create')
    const { run: elsewhere } = await home()
    expect(JSON.parse((await elsewhere(undefined, 'connect', 'json', '--http')).output)).toEqual({
      mcpServers: { rackwarden: { type: 'http', url: 'http://127.0.0.1:3005/mcp' } },
    })
    await elsewhere(undefined, 'token', 'create', 'laptop')
    expect((await elsewhere(undefined, 'connect', 'json', '--http')).output).toContain('RACKWARDEN_CLIENT_TOKEN')
    expect((await elsewhere(undefined, 'connect', 'json', '--http', 'http://nas.lan:3005')).errors).toContain('is not encrypted')
  })

  test('says what a client will not know: variables of this shell, and of a project, paths of this machine', async () => {
    const { run } = await home({}, { GATE_URL: 'http://127.0.0.1:1' })
    const { errors } = await run(undefined, 'connect', 'cursor', '--project', '--print')
    expect(errors).toMatch(/^gate: configured by variables of this shell/m)
    expect(errors).toMatch(/names paths of this machine/)
  })

  test('is started by npx where npx fetched the program, and names a configuration that is not in the usual place', () => {
    const terminal = { print: () => undefined, complain: () => undefined, environment: { HOME: '/home/me' }, directory: '/' }
    const fetched = ['/usr/bin/node', '/home/me/.npm/_npx/a1b2/node_modules/@rackwarden/docker/dist/bin.cjs']
    const usual = { configuration: '/home/me/.config/rackwarden/rackwarden.yaml' }
    expect(clientEntry('rackwarden-docker', usual, { ...terminal, program: fetched })).toEqual({
      kind: 'program',
      command: 'npx',
      args: ['-y', '@rackwarden/docker'],
    })
    expect(
      clientEntry('rackwarden', { configuration: '/srv/lab.yaml' }, { ...terminal, program: ['/usr/bin/node', '/opt/bin.cjs'] }),
    ).toEqual({
      kind: 'program',
      command: '/usr/bin/node',
      args: ['/opt/bin.cjs', 'serve', '--config', '/srv/lab.yaml'],
    })
  })

  test.each([
    [['zed'], /'zed' is no client that is known here/],
    [['cursor', '--remove', '--undo'], /two things/],
    [['cursor', '--undo', '--print'], /--print writes nothing/],
    [['cursor', '--http', '--demo'], /--demo is of a program/],
    [['cursor', '--http', '--tier', 'operate'], /--tier is of a program/],
    [['cursor', '--tier', 'admin'], /'admin' is not granted/],
    [['cursor', '--tier', 'everything'], /is not a tier/],
    [['cursor', '--token-env', 'X'], /at an address/],
    [['cursor', '--http', 'x', '--token-env', 'rw_live secret'], /the name of a variable, not the token/],
    [['cursor', '--http', 'ftp://x'], /not an address of a server/],
    [['cursor', '--http', 'https://x?token=secret'], /^(?![^]*secret)[^]*not an address of a server/],
    [['cursor', '--http', 'https://me:word@x'], /holds a name or password/],
    [['cursor', '--name', 'a b'], /cannot name a server/],
    [['json', '--remove'], /is written nowhere/],
  ])('%j is refused before anything is read or written', async (words, why) => {
    const { run, files } = await home()
    expect(await run(undefined, 'connect', ...words, '--yes')).toMatchObject({ code: 2, errors: expect.stringMatching(why) })
    expect(await files('.')).toEqual([])
  })
})

test('without a client, those that are known are listed, and which of them lead here', async () => {
  const { run } = await home({ '.gemini/settings.json': '{}', '.codex/config.toml': '[[[' })
  await run(undefined, 'connect', 'cursor', '--yes')
  const { output } = await run(undefined, 'connect')
  expect(output).toMatch(/^cursor +Cursor +connected as 'rackwarden'/m)
  expect(output).toMatch(/^gemini +Gemini CLI +not connected/m)
  expect(output).toMatch(/^codex +Codex +cannot be read/m)
  expect(output).toMatch(/^vscode +VS Code +no settings yet/m)
})
