import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundleEntry } from '../../bundle/bundle-package.mjs'
import { knownVariables } from '../../docs/variables.mjs'
import { openWorkspace } from '../../docs/workspace.mjs'
import { copiesOf, stagesOf, wordsOf } from '../dockerfile.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const { services } = await openWorkspace(root)
const readVariables = knownVariables(services.map(({ service }) => service))
const dockerfile = stagesOf(read('Dockerfile'))
const [build = [], final = []] = dockerfile
const compose = parse(read('examples/compose/compose.yaml')) as Compose
const unit = read('examples/systemd/rackwarden.service')

interface Compose {
  services: Record<string, ComposeService>
  secrets: Record<string, { file: string }>
  volumes: Record<string, unknown>
  networks: Record<string, unknown>
}

interface ComposeService {
  image: string
  build?: string
  user?: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  environment: Record<string, string | number>
  volumes?: string[]
  secrets?: string[]
  networks: string[]
  ports?: string[]
  healthcheck?: { test: string[] }
}

const directory = mkdtempSync(join(tmpdir(), 'rackwarden-examples-'))
const bin = join(directory, 'dist/bin.cjs')
const environment = { PATH: process.env['PATH'], HOME: directory, RACKWARDEN_STATE_DIR: join(directory, 'state') }

beforeAll(async () => {
  mkdirSync(dirname(bin))
  await bundleEntry({ name: 'bin', loader: bin, source: join(root, 'apps/hub/src/bin.ts') })
}, 60_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function help(command: string): Promise<string> {
  const { stdout } = await run(process.execPath, [bin, command, '--help'], { env: environment })
  return stdout
}

/** Paths of the repository that are not there. */
function missing(paths: readonly string[]): string[] {
  return paths.filter((path) => !existsSync(join(root, path)))
}

/** Variables nothing of ours reads. */
function unknownVariables(names: Iterable<string>): string[] {
  return [...names].filter((name) => !readVariables.includes(name.replace(/_FILE$/, '')))
}

/** Starts the program the way an image would, on a port of its own. */
async function start(command: readonly string[], variables: Record<string, string>): Promise<{ port: string; child: ChildProcess }> {
  const words = command.map((word) => word.replace(/^(?:0\.0\.0\.0|127\.0\.0\.1):3005$/, '127.0.0.1:0'))
  expect(words).toContain('127.0.0.1:0')
  const child = spawn(process.execPath, [bin, ...words], {
    cwd: directory,
    env: { ...environment, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let said = ''
  for await (const chunk of child.stderr) {
    said += String(chunk)
    const port = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]
    if (port !== undefined) {
      child.stderr.resume()
      return { port, child }
    }
  }
  throw new Error(`it did not start: ${said}`)
}

describe('the image', () => {
  test('is built with the pinned pnpm on a supported Node, from tags that say which', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string }
    expect(build.find(({ rest }) => rest.includes('pnpm@'))?.rest).toContain(packageManager)
    for (const [from] of dockerfile) expect(from?.rest).toMatch(/^node:20-bookworm-slim( AS build)?$/)
    expect(read('.nvmrc').trim()).toBe('20')
  })

  test('copies what is there, in the repository and in what the bundler makes', () => {
    const ignored = read('.dockerignore').split('\n')
    const copied = copiesOf(build).flatMap(({ sources }) => sources)
    expect(missing(copied)).toEqual([])
    expect(copied.filter((source) => source !== '.' && !ignored.includes(`!${source}`))).toEqual([])
    const bundler = /--frozen-lockfile && node (\S+)$/.exec(build.at(-1)?.rest ?? '')?.[1]
    expect(missing([bundler ?? 'the bundler'])).toEqual([])
    const made = [...readdirSync(join(directory, 'dist')), 'THIRD-PARTY-NOTICES'].map((name) => `/src/apps/hub/dist/${name}`)
    expect(copiesOf(final).filter(({ from }) => from !== 'build')).toEqual([])
    const taken = copiesOf(final).flatMap(({ sources }) => sources)
    const bundled = taken.filter((source) => source.startsWith('/src/apps/hub/dist/'))
    expect(bundled.toSorted()).toEqual(made.toSorted())
    expect(missing(taken.filter((source) => !bundled.includes(source)).map((source) => source.replace('/src/', '')))).toEqual([])
  })

  test('leaves out of its context what is large, secret or made here', () => {
    const ignored = read('.dockerignore').split('\n')
    expect(ignored).toContain('*')
    for (const pattern of ['**/node_modules', '**/dist']) expect(ignored.indexOf(pattern)).toBeGreaterThan(ignored.indexOf('!packages'))
    expect(missing(ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1)))).toEqual([])
  })

  test('runs the program it holds as a user without rights, its state in a volume', () => {
    const instruction = (keyword: string) => final.find((candidate) => candidate.keyword === keyword)?.rest
    expect(instruction('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    const state = /RACKWARDEN_STATE_DIR=(\S+)/.exec(instruction('ENV') ?? '')?.[1] ?? ''
    expect(state.startsWith(`${instruction('VOLUME')}/`)).toBe(true)
    const program = wordsOf(final, 'ENTRYPOINT')[1] ?? ''
    expect(copiesOf(final).map(({ target }) => target)).toContain(`${dirname(program)}/`)
    expect(final.filter(({ keyword }) => keyword === 'RUN')[0]?.rest).toContain(program)
  })

  test('starts with commands and flags the program knows, demands a token, and is healthy once it serves', async () => {
    const command = wordsOf(final, 'CMD')
    const serveHelp = await help(command[0] ?? '')
    for (const flag of command.filter((word) => word.startsWith('--'))) expect(serveHelp).toContain(flag)
    const refused = await run(process.execPath, [bin, 'serve', '--http', '0.0.0.0:0'], { cwd: directory, env: environment }).catch(
      (error: { stderr: string }) => error,
    )
    expect(refused.stderr).toContain('RACKWARDEN_TOKEN_FILE')
    const token = join(directory, 'token')
    writeFileSync(token, 'x'.repeat(44))
    const { port, child } = await start(command, { RACKWARDEN_TOKEN_FILE: token })
    const [node, ...rest] = wordsOf(final, 'HEALTHCHECK').map((word) => word.replace('127.0.0.1:3005', `127.0.0.1:${port}`))
    expect(node).toBe('node')
    await run(process.execPath, rest)
    child.kill('SIGTERM')
    await once(child, 'exit')
    await expect(run(process.execPath, rest)).rejects.toMatchObject({ code: 1 })
  })

  test('knows every variable it sets', () => {
    const names = final.filter(({ keyword }) => keyword === 'ENV').flatMap(({ rest }) => rest.match(/RACKWARDEN_\w+/g) ?? [])
    expect(names.length).toBeGreaterThan(0)
    expect(unknownVariables(names)).toEqual([])
  })
})

describe('the compose file', () => {
  const own = compose.services['rackwarden']!
  const proxy = compose.services['docker-socket-proxy']!

  test('gives no container rights it does without', () => {
    for (const service of Object.values(compose.services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      expect(service.image).toMatch(/:(?!latest)[\w.-]+$/)
      for (const network of service.networks) expect(compose.networks).toHaveProperty(network)
    }
    expect(own.user).toBe(final.find(({ keyword }) => keyword === 'USER')?.rest)
    expect(own.ports).toEqual(['127.0.0.1:3005:3005'])
    expect(JSON.stringify(own)).not.toContain('docker.sock')
    expect(proxy.ports).toBeUndefined()
    expect(compose.networks['engine']).toEqual({ internal: true })
    expect(proxy.networks).toEqual(['engine'])
    expect(proxy.environment).toMatchObject({ POST: 0, ALLOW_START: 0, ALLOW_STOP: 0, ALLOW_RESTARTS: 0 })
  })

  test('names files that are there, or that its README has made', () => {
    const readme = read('examples/compose/README.md')
    expect(existsSync(join(root, 'examples/compose', own.build ?? '', 'Dockerfile'))).toBe(true)
    for (const { file } of Object.values(compose.secrets)) expect(readme).toContain(`> ${file.replace('./', '')}`)
    for (const name of own.secrets ?? []) expect(compose.secrets).toHaveProperty(name)
    const volumes = (own.volumes ?? []).map((volume) => volume.split(':'))
    const named = volumes.filter(([source = '']) => !source.startsWith('./'))
    const state = final.find(({ keyword }) => keyword === 'VOLUME')?.rest
    expect(named).toEqual(Object.keys(compose.volumes).map((name) => [name, state]))
    expect(missing(volumes.filter((volume) => !named.includes(volume)).map(([source = '']) => join('examples/compose', source)))).toEqual(
      [],
    )
    expect(own.environment['RACKWARDEN_TOKEN_FILE']).toBe(`/run/secrets/${own.secrets?.[0]}`)
  })

  test('sets variables that are read, and a configuration that is accepted with them', async () => {
    expect(unknownVariables(Object.keys(own.environment))).toEqual([])
    const variables = Object.fromEntries(Object.entries(own.environment).map(([name, value]) => [name, String(value)]))
    const token = join(directory, 'compose-token')
    writeFileSync(token, 'x'.repeat(44))
    // Nothing is served where the engine would be.
    const engine = { DOCKER_HOST: 'tcp://127.0.0.1:9', RACKWARDEN_TOKEN_FILE: token }
    const file = join(root, 'examples/compose/rackwarden.yaml')
    const { stdout } = await run(process.execPath, [bin, 'doctor', '--json', '--config', file], {
      cwd: directory,
      env: { ...environment, ...variables, ...engine },
    }).catch((error: { stdout: string }) => error)
    const diagnoses = JSON.parse(stdout) as { subject: string; message: string }[]
    expect(diagnoses.find(({ subject }) => subject === 'docker')?.message).toMatch(/^unreachable: .*127\.0\.0\.1:9/)
  })

  test('asks for its health the way the image does', () => {
    expect(own.healthcheck?.test).toEqual(['CMD', ...wordsOf(final, 'HEALTHCHECK')])
  })
})

describe('the systemd unit', () => {
  const exec = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? []
  const variables = new Map([...unit.matchAll(/\b(RACKWARDEN_\w+|XDG_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]))

  test('starts the program where its README puts it, with flags and variables that are known', async () => {
    const [node = '', program = '', command = '', ...flags] = exec
    const readme = read('examples/systemd/README.md')
    expect([node, readme.includes(`${dirname(program)}/`)]).toEqual(['/usr/bin/node', true])
    const text = await help(command)
    for (const flag of flags.filter((word) => word.startsWith('--'))) expect(text).toContain(flag)
    expect(unknownVariables([...variables.keys()].filter((name) => name.startsWith('RACKWARDEN_')))).toEqual([])
    const state = variables.get('RACKWARDEN_STATE_DIR')?.replace('%S/', '')
    expect(unit).toContain(`\nStateDirectory=${state}\n`)
    const { port } = await start([command, ...flags], {})
    const { status } = await fetch(`http://127.0.0.1:${port}/health`)
    expect(status).toBe(200)
    const files = readme.match(/(?:apps|examples)\/[\w./-]+/g) ?? []
    expect(missing(files.filter((file) => !file.includes('/dist/')))).toEqual([])
  })

  test('is one systemd takes, and rates as well confined', async ({ skip }) => {
    const copy = join(directory, 'rackwarden.service')
    writeFileSync(copy, unit.replace('/usr/bin/node', process.execPath))
    try {
      await run('systemd-analyze', ['--version'])
    } catch {
      skip('there is no systemd-analyze')
    }
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', copy])
    expect(stderr).toBe('')
    // In tenths: 2.0 and below is what systemd calls OK.
    await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', '--no-pager', copy])
  })
})

test.each([
  ['init', 'Set up with `init`'],
  ['connect', 'Connect a client'],
])('what is told of %s are flags it has, and all of them', async (command, heading) => {
  const [, section = ''] = read('docs/connect.md').split(`\n## ${heading}\n`)
  const rows = section.split('\n## ')[0]?.match(/^\| `--[^|]+/gm) ?? []
  const told = rows.flatMap((row) => row.match(/--[\w-]+/g) ?? [])
  const known = [...(await help(command)).matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = '']) => flag)
  expect(told.toSorted()).toEqual(known.filter((flag) => flag !== '--help').toSorted())
})
