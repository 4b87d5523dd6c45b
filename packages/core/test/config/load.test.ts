import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineService, httpConfig, secret, type Service } from '@rackwarden/core'
import { createSecretFilter, loadConfiguration, variablesOf } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const pihole: Service = defineService({
  name: 'pi-hole',
  title: 'Pi-hole',
  description: 'DNS.',
  instances: 'many',
  config: {
    ...httpConfig,
    url: httpConfig.url.meta({ env: ['PIHOLE_ADDRESS'] }),
    tlsCa: httpConfig.tlsCa.meta({ env: ['CERTIFICATES/ca.pem'] }),
    password: secret().describe('Password.'),
  },
  connect: () => null,
  health: () => ({ evidence: '' }),
  simulate: () => Promise.reject(new Error('none')),
  toolsets: { records: { description: 'Records.' }, queries: { description: 'Queries.' } },
  tools: [],
})

const found: Service = {
  ...pihole,
  name: 'found',
  config: { url: z.string() },
  discover: () => Promise.resolve({ default: { url: 'unix:///x.sock' } }),
}

async function load({
  yaml,
  environment = {},
  services = [pihole],
  strict = true,
  files = {},
}: {
  yaml?: string
  environment?: Record<string, string>
  services?: Service[]
  strict?: boolean
  files?: Record<string, string>
}) {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-config-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await mkdir(join(directory, 'home'))
  if (yaml !== undefined) await writeFile(join(directory, 'rackwarden.yaml'), yaml)
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const secrets = createSecretFilter()
  const inDirectory = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace('$DIR', directory)]))
  const configuration = await loadConfiguration({
    services,
    directory,
    secrets,
    strict,
    environment: { HOME: join(directory, 'home'), ...inDirectory },
  })
  const first = configuration.services['pi-hole']?.instances[0]
  const shown = (text: string | undefined) => text?.replaceAll(directory, '$DIR')
  return { configuration, first, secrets, problem: shown(first?.problem?.message), hint: shown(first?.problem?.hint) }
}

test('a service is configured from the environment alone, and an empty variable counts as unset', async () => {
  const { first } = await load({
    environment: {
      PI_HOLE_URL: 'http://127.0.0.1',
      PI_HOLE_PASSWORD: 'correct horse',
      PI_HOLE_TLS_INSECURE: 'true',
      PI_HOLE_TIMEOUT_MS: '',
      CERTIFICATES: '/certs',
    },
  })
  expect(first).toEqual({
    name: 'default',
    source: 'environment',
    values: { url: 'http://127.0.0.1', password: 'correct horse', tlsInsecure: true, tlsCa: '/certs/ca.pem' },
  })
})

test('a variable with _FILE is read from the file, and an alias stands in for the derived name', async () => {
  const { first, secrets } = await load({
    environment: { PIHOLE_ADDRESS: 'http://127.0.0.1', PI_HOLE_PASSWORD_FILE: '$DIR/password' },
    files: { password: 'from a file\n' },
  })
  expect(first?.values).toEqual({ url: 'http://127.0.0.1', password: 'from a file' })
  expect(secrets.text('it is from a file.')).toBe('it is [redacted].')
})

test('nothing at all is not a mistake, half of it is', async () => {
  const nothing = await load({})
  expect(nothing.configuration.services['pi-hole']).toMatchObject({ instances: [], missing: ['PI_HOLE_URL', 'PI_HOLE_PASSWORD'] })
  const half = await load({ environment: { PI_HOLE_URL: 'http://127.0.0.1' } })
  expect(half.problem).toBe("Pi-hole: 'password' is missing.")
  expect(half.hint).toBe("Set PI_HOLE_PASSWORD, or 'password' in rackwarden.yaml.")
})

test('what nothing configures is discovered, unless the file says false', async () => {
  const { configuration } = await load({ services: [found] })
  expect(configuration.services['found']?.instances).toEqual([{ name: 'default', source: 'discovered', values: { url: 'unix:///x.sock' } }])
  const off = await load({ services: [found], yaml: 'services: { found: false }' })
  expect(off.configuration.services['found']).toMatchObject({ off: true, instances: [] })
})

test('the file names instances, refers to secrets and sets tiers; the environment wins over a flat entry', async () => {
  const { configuration } = await load({
    environment: { SECOND: 'second password' },
    files: { first: 'first password' },
    yaml: `
tier: operate
services:
  pi-hole:
    tier: observe
    instances:
      one: { url: "http://127.0.0.1", password: "env:SECOND" }
      two: { url: "http://127.0.0.2", password: "env:MISSING" }
`,
  })
  expect(configuration.tier).toBe('operate')
  const { tier, instances } = configuration.services['pi-hole'] ?? {}
  expect(tier).toBe('observe')
  expect(instances?.[0]).toMatchObject({ name: 'one', values: { password: 'second password' } })
  expect(instances?.[1]?.problem?.message).toMatch(/rackwarden.yaml:8: password: The environment variable MISSING is not set\.$/)
  const flat = await load({
    environment: { PI_HOLE_PASSWORD: 'from outside' },
    yaml: 'services: { pi-hole: { url: "http://127.0.0.1", password: inside } }',
  })
  expect(flat.first?.values).toMatchObject({ password: 'from outside' })
})

test.each([
  ['services:\n  pi-hole:\n    urll: http://x\n', "$DIR/rackwarden.yaml:3: 'urll' is not known here. Did you mean 'url'?"],
  ['services:\n  pi-hole:\n    tier: operat\n', "$DIR/rackwarden.yaml:3: tier: 'operat' is not a tier. Did you mean 'operate'?"],
  ['services:\n  pi-hole:\n    url: http://x\n    instances: {}\n', "$DIR/rackwarden.yaml:3: 'url' stands beside 'instances'."],
  ['services:\n  pi-hole:\n    tools: { off: [get_thing] }\n', "$DIR/rackwarden.yaml:3: 'get_thing' is not known here."],
  ['services:\n  pi-hole:\n    toolsets: [record]\n', "$DIR/rackwarden.yaml:3: 'record' is not known here. Did you mean 'records'?"],
  ['services:\n  pi-hole:\n    toolsets: records\n', "$DIR/rackwarden.yaml:3: 'toolsets' must be a list of names."],
  ['services:\n  pi-hole: 7\n', "$DIR/rackwarden.yaml:2: 'pi-hole' must hold keys and values."],
])('a mistake in one service is held with it, with line and key: %j', async (yaml, message) => {
  expect((await load({ yaml })).problem).toBe(message)
})

test.each([
  ['tir: operate', "'tir' is not known here. Did you mean 'tier'?"],
  ['tier: admin', "tier: the tier 'admin' is not granted without RACKWARDEN_ADMIN."],
  ['expose: some', "expose: 'some' is not an exposure."],
  ['services:\n  pihole: {}', "'pihole' is not known here. Did you mean 'pi-hole'?"],
  ['services: [', /rackwarden\.yaml:1: /],
  ['- a', 'the file must hold keys and values.'],
])('a mistake that concerns the whole is refused: %j', async (yaml, message) => {
  await expect(load({ yaml })).rejects.toThrow(message)
})

test('how much is listed, and of which toolsets, is read from the file', async () => {
  const { configuration } = await load({ yaml: 'expose: search\nservices: { pi-hole: { url: x, toolsets: [records] } }' })
  expect(configuration.expose).toBe('search')
  expect(configuration.services['pi-hole']?.toolsetsOn).toEqual(['records'])
  const none = (await load({ yaml: 'services: { pi-hole: { url: x } }' })).configuration
  expect([none.expose, none.services['pi-hole']?.toolsetsOn]).toEqual([undefined, undefined])
})

test('a service alone accepts the file of a hub with services it does not know', async () => {
  expect((await load({ yaml: 'services: { proxmox: { url: x } }', strict: false })).configuration.services['pi-hole']?.instances).toEqual(
    [],
  )
})

test('every field has its variable', () => {
  expect(variablesOf(pihole).map(({ names, required, secret: isSecret }) => [names.join(' '), required, isSecret].join(' ')))
    .toMatchInlineSnapshot(`
    [
      "PI_HOLE_URL PIHOLE_ADDRESS true false",
      "PI_HOLE_TLS_FINGERPRINT false false",
      "PI_HOLE_TLS_CA CERTIFICATES/ca.pem false false",
      "PI_HOLE_TLS_CERTIFICATE false false",
      "PI_HOLE_TLS_KEY false true",
      "PI_HOLE_TLS_INSECURE false false",
      "PI_HOLE_TIMEOUT_MS false false",
      "PI_HOLE_PASSWORD true true",
    ]
  `)
})

test('a password inside an address is as secret as one of its own', async () => {
  const { secrets } = await load({ environment: { PI_HOLE_URL: 'http://admin:correct%20horse@127.0.0.1', PI_HOLE_PASSWORD: 'x' } })
  expect(secrets.text('said correct horse once')).not.toContain('correct horse')
})

test('a setting alone configures nothing, and goes to what is discovered', async () => {
  const { configuration } = await load({
    services: [{ ...found, config: { ...found.config, note: z.string().optional() } }],
    environment: { FOUND_NOTE: 'kept' },
  })
  expect(configuration.services['found']?.instances).toEqual([
    { name: 'default', source: 'discovered', values: { url: 'unix:///x.sock', note: 'kept' } },
  ])
})

test('a misspelt key beside instances is told as such', async () => {
  expect((await load({ yaml: 'services: { pi-hole: { tolls: {}, instances: {} } }' })).problem).toContain(
    "'tolls' is not known here. Did you mean 'tools'?",
  )
})
