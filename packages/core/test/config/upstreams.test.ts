import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { UpstreamEntry } from '../../src/config/upstreams.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { createSecretFilter, type SecretFilter } from '../../src/present/redact.ts'

interface Read {
  entries: readonly UpstreamEntry[]
  secrets: SecretFilter
}

async function read(text: string, environment: Record<string, string> = {}, strict = true): Promise<Read> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-config-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'rackwarden.yaml'), text)
  await writeFile(join(directory, 'token'), 'Bearer file-token-12345\n')
  const secrets = createSecretFilter()
  const configuration = await loadConfiguration({
    services: [],
    environment: { HERE: directory, ...environment },
    directory,
    secrets,
    strict,
  })
  return { entries: configuration.upstreams ?? [], secrets }
}

async function one(text: string, environment: Record<string, string> = {}) {
  const { entries, secrets } = await read(`upstreams:\n  panos: ${text}\n`, environment)
  return { entry: entries[0], configuration: entries[0]?.configuration, secrets }
}

describe('upstreams', () => {
  test('are programs with arguments, variables and a directory', async () => {
    const { configuration } = await one('{ command: uvx, args: [panos-mcp, 5], env: { MODE: fast }, cwd: /srv, tier: observe }')
    expect(configuration).toMatchObject({
      reach: { kind: 'stdio', command: 'uvx', args: ['panos-mcp', '5'], env: { MODE: 'fast' }, cwd: '/srv' },
      tier: 'observe',
      limits: { timeoutMs: 60_000, concurrency: 16 },
    })
  })

  test('are addresses with headers, and the trust of any other address', async () => {
    const { configuration, secrets } = await one(
      '{ url: https://mcp.lan/mcp, type: sse, tlsInsecure: true, headers: { authorization: env:TOKEN } }',
      {
        TOKEN: 'Bearer very-secret-token-1',
      },
    )
    expect(configuration?.reach).toMatchObject({
      kind: 'sse',
      headers: { authorization: 'Bearer very-secret-token-1' },
      connection: { tlsInsecure: true },
    })
    expect(secrets.text('it is very-secret-token-1')).toBe('it is [redacted]')
  })

  test('are known by what they are, not by what their secrets are', async () => {
    const entry = '{ command: uvx, env: { TOKEN: env:TOKEN } }'
    const [first, rotated, other] = await Promise.all([
      one(entry, { TOKEN: 'one-secret-1' }),
      one(entry, { TOKEN: 'two-secret-2' }),
      one('{ command: npx, env: { TOKEN: env:TOKEN } }', { TOKEN: 'one-secret-1' }),
    ])
    expect(first.configuration?.identity).toBe(rotated.configuration?.identity)
    expect(first.configuration?.identity).not.toBe(other.configuration?.identity)
  })

  test('take values that look secret for secrets, by their name', async () => {
    const { secrets } = await one('{ command: uvx, env: { API_KEY: plainly-written-here } }')
    expect(secrets.text('plainly-written-here')).toBe('[redacted]')
  })

  test.each([
    ['{ command: uvx, url: https://x }', /either 'command' or 'url'/],
    ['{ args: [x] }', /either 'command' or 'url'/],
    ['{ command: uvx, headers: { a: b } }', /'headers' does not go with 'command'/],
    ['{ command: uvx, comand: x }', /'comand' is not known here. Did you mean 'command'\?/],
    ['{ url: ftp://x }', /begins with http/],
    ['{ url: https://x, type: websocket }', /http or sse/],
    ['{ command: uvx, tier: everything }', /'everything' is not a tier/],
    ['{ command: uvx, tier: admin }', /RACKWARDEN_ADMIN/],
    ['{ command: uvx, access: { "*": write } }', /must be observe, operate, configure, admin or off/],
    ['{ command: uvx, timeoutMs: 0 }', /from 1 to/],
    ['{ command: uvx, env: { TOKEN: env:NOT_SET } }', /NOT_SET is not set/],
    ['{ command: uvx, env: { "A B": x } }', /no name/],
    ['[]', /must hold keys and values/],
    ['uvx', /must hold keys and values/],
  ])('hold what is wrong with an entry with it, naming the line: %s', async (entry, why) => {
    const { entries } = await read(`upstreams:\n  panos: ${entry}\n  other: { command: uvx }\n`)
    expect(entries[0]?.problem?.code).toBe('invalid_config')
    expect(entries[0]?.problem?.message).toMatch(why)
    expect(entries[0]?.problem?.message).toMatch(/rackwarden\.yaml:2/)
    expect(entries[1]?.configuration).toBeDefined()
  })

  test('have names like services', async () => {
    const { entries } = await read('upstreams: { "Panos MCP": { command: a }, panos-mcp: { command: a }, "-x": { command: a } }\n')
    expect(entries.map(({ problem }) => problem === undefined)).toEqual([false, true, false])
  })

  test('are left out where they are switched off, and where a service serves alone', async () => {
    expect((await read('upstreams: { panos: false }\n')).entries).toEqual([])
    expect((await read('upstreams: { panos: { command: uvx } }\n', {}, false)).entries).toEqual([])
  })

  test('take off for off, however it was written', async () => {
    const { configuration } = await one('{ command: uvx, access: { "get_*": observe, "*": off } }')
    expect(configuration?.access).toEqual([
      { pattern: 'get_*', access: 'observe' },
      { pattern: '*', access: 'off' },
    ])
  })

  test('never fail as a whole, whatever stands there', async () => {
    const { upstreamEntries } = await import('../../src/config/upstreams.ts')
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, name) => {
        const entries = await upstreamEntries({ [name]: value }, { file: undefined, environment: {}, secrets: createSecretFilter() })
        expect(entries.every(({ problem, configuration }) => (problem === undefined) !== (configuration === undefined))).toBe(true)
      }),
    )
  })
})
