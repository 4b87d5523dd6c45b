import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSecretFilter, loadConfiguration } from '@rackwarden/core/runtime'
import { parseAddress, programVariables } from '@rackwarden/server'
import { parse } from 'yaml'
import { afterAll, describe, expect, test } from 'vitest'
import { readSources } from '../../structure/source-file.mjs'
import { packageDirectories } from '../../structure/packages.mjs'
import { proseFiles } from '../documents.mjs'
import { knownVariables } from '../variables.mjs'
import { openWorkspace } from '../workspace.mjs'
import { blocksOf, type CodeBlock } from './code-block.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { services } = await openWorkspace(root)
const blocks = proseFiles(root).flatMap((path) => blocksOf(path, readFileSync(join(root, path), 'utf8')))
const directory = mkdtempSync(join(tmpdir(), 'rackwarden-blocks-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const ofLanguage = (...languages: string[]) =>
  blocks.filter(({ language }) => languages.includes(language)).map((block) => [block.where, block] as const)

/** Code that is shown without being compiled, and why. */
const untested = new Map([['tooling/lab/README.md', 'it is the frame of a test, without what the test does']])

test('every piece of code that is shown is compiled somewhere', () => {
  const code = ofLanguage('ts', 'js', 'mjs', 'typescript', 'javascript').map(([, block]) => block)
  expect(code.filter(({ path, snippet }) => !snippet && !untested.has(path)).map(({ where }) => where)).toEqual([])
  expect([...untested.keys()].filter((path) => !code.some((block) => block.path === path && !block.snippet))).toEqual([])
})

describe('a configuration in a document', () => {
  test.each(ofLanguage('yaml'))('is accepted: %s', async (_, { text }) => {
    expect(await problemsOf(text)).toEqual([])
  })

  test('with a wrong key or value would be found', async () => {
    expect(await problemsOf('services:\n  docker: { urll: a }\n')).toHaveLength(1)
    expect(await problemsOf('services:\n  linux: { url: ftp://a }\n')).toHaveLength(1)
    await expect(problemsOf('teir: observe\n')).rejects.toThrow("'teir' is not known here")
  })
})

/** What the loader of the hub says against a configuration; secrets it names are there. */
async function problemsOf(text: string): Promise<string[]> {
  const [file, secret] = [join(directory, 'rackwarden.yaml'), join(directory, 'secret')]
  writeFileSync(secret, 'a secret of some length')
  writeFileSync(file, text.replaceAll(/file:\/[^\s,}"]+/g, `file:${secret}`))
  const configuration = await loadConfiguration({
    services: services.map(({ service }) => service),
    environment: {},
    file,
    directory,
    secrets: createSecretFilter(),
    strict: true,
  })
  return Object.values(configuration.services).flatMap(({ instances }) =>
    instances.flatMap(({ problem }) => (problem ? [problem.message] : [])),
  )
}

describe('the entry of a client in a document', () => {
  test.each(ofLanguage('json'))('starts a program there is, with variables it reads: %s', (_, block) => {
    expect(entryProblems(block.text)).toEqual([])
  })

  test('is as right in the example for Claude Desktop', () => {
    expect(entryProblems(readFileSync(join(root, 'examples/claude-desktop/claude_desktop_config.json'), 'utf8'))).toEqual([])
  })

  test('with a wrong program or variable would be found', () => {
    const entry = (value: object) => JSON.stringify({ mcpServers: { rackwarden: value } })
    expect(entryProblems(entry({ command: 'npx', args: ['-y', '@rackwarden/dokcer'] }))).toHaveLength(1)
    expect(entryProblems(entry({ command: 'node', args: ['/path/to/rackwarden/apps/hbu/dist/bin.cjs'] }))).toHaveLength(1)
    expect(entryProblems(entry({ command: 'npx', args: ['-y', 'rackwarden'], env: { LINUX_URI: 'local' } }))).toHaveLength(1)
    expect(entryProblems(entry({ type: 'http', url: 'http://127.0.0.1:3005/mpc' }))).toHaveLength(1)
  })
})

describe('a proxy in a document', () => {
  const proxies = blocks.filter(({ language }) => ['caddyfile', 'nginx', 'yml'].includes(language))

  test.each(proxies.map((block) => [block.where, block] as const))('leads to where the server listens: %s', (_, { text }) => {
    const { host, port } = parseAddress(undefined)
    expect(text).toContain(`${host}:${port}`)
  })

  // Traefik is in no Debian: what Caddy and nginx show by running, this one shows by its shape.
  test('of Traefik routes to a service there is, keeps the host, and buffers nothing', () => {
    const traefik = proxies.filter(({ language }) => language === 'yml').map(({ text }) => parse(text) as TraefikFile)
    expect(traefik).toHaveLength(1)
    for (const { http } of traefik) {
      expect(Object.keys(http)).toEqual(['routers', 'services'])
      for (const { rule, entryPoints, service, tls, ...rest } of Object.values(http.routers)) {
        expect(rule).toMatch(/^Host\(`[\w.-]+`\)(?: && PathPrefix\(`\/[\w-]+`\))?$/)
        expect([entryPoints, typeof tls, rest]).toEqual([['websecure'], 'object', {}])
        const { servers, passHostHeader, responseForwarding, ...others } = http.services[service]?.loadBalancer ?? {}
        expect([servers?.map(({ url }) => URL.canParse(url)), passHostHeader, others]).toEqual([[true], true, {}])
        expect(responseForwarding).toEqual({ flushInterval: '1ms' })
      }
    }
  })
})

interface TraefikFile {
  http: {
    routers: Record<string, { rule: string; entryPoints: string[]; service: string; tls: object }>
    services: Record<
      string,
      { loadBalancer: { servers?: { url: string }[]; passHostHeader?: boolean; responseForwarding?: { flushInterval: string } } }
    >
  }
}

interface ClientEntry {
  command?: string
  args?: string[]
  env?: Record<string, string>
  url?: string
}

function entryProblems(text: string): string[] {
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, ClientEntry> }
  const names = knownVariables(services.map(({ service }) => service))
  return Object.values(mcpServers).flatMap(({ command, args = [], env = {}, url }) => [
    ...(isProgram(command, args) || url?.endsWith('/mcp') === true ? [] : [`${command} ${args.join(' ')} ${url} is nothing of ours`]),
    ...Object.keys(env).filter((name) => !names.includes(name)),
  ])
}

function isProgram(command: string | undefined, [first = '', second = '']: readonly string[]): boolean {
  const manifests = packageDirectories(root).map(
    (path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { name: string; publishConfig?: { bin?: object } },
  )
  if (command === 'npx')
    return first === '-y' && manifests.some(({ name, publishConfig }) => name === second && publishConfig?.bin !== undefined)
  const source = first.replace('/path/to/rackwarden/', '').replace('/dist/bin.cjs', '/src/bin.ts')
  return command === 'node' && source.endsWith('/src/bin.ts') && existsSync(join(root, source))
}

test('the variables of the program are those its sources read', () => {
  const sources = readSources(
    root,
    packageDirectories(root).map((path) => `${path}/src`),
  ).filter(({ path }) => !path.endsWith('/program-variables.ts'))
  const code = sources.map(({ text }) => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')).join('\n')
  const read = [...code.matchAll(/\bRACKWARDEN_[A-Z_]*[A-Z]/g)].map(([name]) => name.replace(/_FILE$/, ''))
  // Set for the tests of a service, by whoever runs them; and what a client finds its token in.
  const others = ['RACKWARDEN_GOLDENS', 'RACKWARDEN_CLIENT_TOKEN']
  const names = new Set(read.filter((name) => !others.includes(name)))
  expect([...names].toSorted()).toEqual(programVariables.map(({ name }) => name).toSorted())
})

test('a block is told apart by its language and by whether it is a snippet', () => {
  const text = '```sh\na\n```\n\n<!-- snippet: a.ts -->\n\n```ts\nb\n```\n\n<!-- /snippet -->\n\n```ts\nc\n```\n'
  const told = blocksOf('a.md', text).map(({ where, language, snippet, text: code }: CodeBlock) => [where, language, snippet, code])
  expect(told).toEqual([
    ['a.md:1', 'sh', false, 'a\n'],
    ['a.md:7', 'ts', true, 'b\n'],
    ['a.md:13', 'ts', false, 'c\n'],
  ])
})
