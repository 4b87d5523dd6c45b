import { createServer, request as open, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startLab } from '../lab.ts'
import { createWorkplace, lockService } from '../workplace.ts'

const gate = lockService('gate', [])

/** What doctor says, in a home with these files. */
async function doctor(files: Record<string, unknown>, environment: Record<string, string> = {}) {
  const { home, run } = await createWorkplace([gate], environment)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return (await run(undefined, 'doctor')).output
}

/** A server of somebody else's on a free port. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('says whether a client starts this, and whether it can', async () => {
  expect(await doctor({})).toMatch(/^ok +client +no client that is known here has settings of this user/m)
  const other = { mcpServers: { other: { command: 'x' } } }
  expect(await doctor({ '.claude.json': other })).toMatch(
    /^warning +client +Claude Code: nothing there leads to rackwarden\n +→ Run 'rackwarden connect claude-code'/m,
  )
  expect(await doctor({ '.claude.json': { mcpServers: { rackwarden: { command: 'node', args: ['/nowhere/bin.cjs'] } } } })).toMatch(
    /^warning +client +Claude Code: \/nowhere\/bin\.cjs is not there .*\n +→ Run 'rackwarden connect claude-code'/m,
  )
  const mine = { mcpServers: { mine: { command: process.execPath, args: ['rackwarden'] } } }
  expect(await doctor({ '.claude.json': mine, '.cursor/mcp.json': other })).toMatch(
    /^ok +client +Claude Code starts it as 'mine' .*\nok +client +Cursor: nothing there leads to rackwarden$/m,
  )
  expect(await doctor({ '.claude.json': '{' })).toMatch(/^warning +client +Claude Code: .*is not JSON/m)
  expect(await doctor({ '.codex/config.toml': `[mcp_servers.rackwarden]\ncommand = "${process.execPath}"\n` })).toMatch(
    /^ok +client +Codex starts it as 'rackwarden'/m,
  )
})

test('looks at the settings of the project in this directory, too', async () => {
  const { home, run } = await createWorkplace([gate])
  await writeFile(join(home, '.mcp.json'), '{"mcpServers":{"rackwarden":{"command":"/nowhere"}}}')
  await writeFile(
    join(home, '.claude.json'),
    JSON.stringify({ projects: { [home]: { mcpServers: { ours: { command: 'rackwarden' } } }, '/other': {} } }),
  )
  const { output } = await run(undefined, 'doctor')
  expect(output).toMatch(/^warning +client +Claude Code: \/nowhere is not there .*\n +→ Run 'rackwarden connect claude-code --project'/m)
  expect(output).toMatch(/^ok +client +Claude Code starts it as 'ours'/m)
})

const configured = (publicUrl: string) => ({ 'rackwarden.yaml': `http: { publicUrl: "${publicUrl}" }` })

test('asks the addresses clients are told of, and says what answers there', async () => {
  const { server } = await startLab()
  const url = `http://127.0.0.1:${server.port}`
  // The fixture is of the version the application of this test is.
  expect(await doctor(configured(url))).toMatch(
    new RegExp(`^ok +http +${url} \\(publicUrl\\) answers: version 1\\.2\\.3, tier configure`, 'm'),
  )
  expect(await doctor({}, { RACKWARDEN_HTTP: `127.0.0.1:${server.port}` })).toMatch(/^ok +http .*\(where it is to listen\) answers/m)
  const entry = { mcpServers: { rackwarden: { type: 'http', url: `${url}/mcp` } } }
  expect(await doctor({ '.claude.json': entry })).toMatch(
    new RegExp(
      `^ok +client +Claude Code reaches it at ${url}/mcp as 'rackwarden'[^]*^ok +http +${url} \\(what a client was told\\) answers`,
      'm',
    ),
  )
  await server.close()
  expect(await doctor({ '.claude.json': entry })).toMatch(
    /^warning +http +.*refused the connection\n +→ Start it: 'rackwarden serve --http'/m,
  )
})

test('tells a proxy that reaches nothing, a name that is refused, and another server apart', async () => {
  const broken = await listening((_, response) => void response.writeHead(502).end('Bad gateway'))
  expect(await doctor(configured(broken))).toMatch(/^warning +http .*: a proxy answers 502, and reaches nothing behind it\n +→ Start it/m)
  const { server } = await startLab()
  const renaming = await listening((_, response) => {
    const passed = open({ host: '127.0.0.1', port: server.port, path: '/health', headers: { host: 'inside.example' } }, (answer) => {
      response.writeHead(answer.statusCode ?? 500)
      answer.pipe(response)
    })
    passed.end()
  })
  expect(await doctor(configured(renaming))).toMatch(/^warning +http .*: refuses this name\n +→ .*'allowedHosts' under 'http'/m)
  const other = await listening((_, response) => void response.end('<html>Welcome</html>'))
  expect(await doctor(configured(other))).toMatch(/^warning +http .*: something else answers there \(200\)/m)
  const older = await listening((_, response) => void response.end('{"status":"ok","version":"1.0.0","tier":"observe"}'))
  expect(await doctor(configured(older))).toMatch(/^warning +http .*: version 1\.0\.0 runs, and this is 1\.2\.3\n +→ Restart it/m)
})

test('gives an address that never answers no more time than anything else', async () => {
  const silent = await listening(() => undefined)
  expect(await doctor(configured(silent))).toMatch(/^warning +http .* did not answer/m)
})

test('says that tokens can be read on the way to an address that is not encrypted', async () => {
  expect(await doctor(configured('http://0.0.0.0:1'))).toMatch(/^warning +http +publicUrl http:\/\/0\.0\.0\.0:1 is not encrypted/m)
  expect(await doctor(configured('http://127.0.0.1:1'))).not.toContain('is not encrypted')
})

test('says that a public address is of no use without a token', async () => {
  const { home, run } = await createWorkplace([gate])
  await writeFile(join(home, 'rackwarden.yaml'), configured('https://0.0.0.0:1')['rackwarden.yaml'])
  const needed =
    /^warning +http +whoever comes through https:\/\/0\.0\.0\.0:1 needs a token, and there is none\n +→ Run 'rackwarden token create/m
  expect((await run(undefined, 'doctor')).output).toMatch(needed)
  await run(undefined, 'token', 'create', 'laptop')
  expect((await run(undefined, 'doctor')).output).not.toMatch(needed)
})
