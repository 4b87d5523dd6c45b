import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { registryEntries, registryProblems } from '../registry-entry.mjs'
import { nightWatch } from './night-watch.ts'

const manifest = { name: '@rackwarden/night-watch', version: '1.2.3', description: 'Its lamps.' }
const hub = { directory: 'apps/hub', manifest: { name: 'rackwarden', version: '4.5.6', description: 'Everything.' } }
const workspace = { root: '/nowhere', services: [{ directory: 'packages/night-watch', manifest, service: nightWatch }], hub }

interface Entry {
  name: string
  version: string
  packages: { version: string; identifier: string; transport: { type: string; url?: string }; environmentVariables: Variable[] }[]
}

interface Variable {
  name: string
  isRequired?: boolean
  isSecret?: boolean
  default?: string
  format?: string
}

async function entryOf(directory: string): Promise<Entry> {
  return JSON.parse((await registryEntries(workspace)).get(`${directory}/server.json`) ?? '') as Entry
}

test('a service is offered over stdio and over HTTP, in the version of its package', async () => {
  const { name, version, packages } = await entryOf('packages/night-watch')
  expect([name, version]).toEqual(['io.github.rackwarden/night-watch', '1.2.3'])
  expect(packages.map((one) => [one.identifier, one.version, one.transport.type])).toEqual([
    ['@rackwarden/night-watch', '1.2.3', 'stdio'],
    ['@rackwarden/night-watch', '1.2.3', 'streamable-http'],
  ])
})

test('its variables say what is required, secret, a number, and the default; those of HTTP stand with HTTP alone', async () => {
  const [stdio, http] = (await entryOf('packages/night-watch')).packages
  const named = (name: string) => stdio?.environmentVariables.find((variable) => variable.name === name)
  expect(named('NIGHT_WATCH_URL')).toMatchObject({ isRequired: true })
  expect(named('NIGHT_WATCH_TOKEN')).toMatchObject({ isSecret: true })
  expect(named('NIGHT_WATCH_TIMEOUT_MS')).toMatchObject({ format: 'number' })
  expect(named('NIGHT_WATCH_TLS_INSECURE')).toMatchObject({ format: 'boolean' })
  expect(named('NIGHT_WATCH_MODE')).toMatchObject({ default: 'calm', choices: ['calm', 'alert'] })
  expect(named('RACKWARDEN_TOKEN')).toBeUndefined()
  const variable = /\{(\w+)\}/.exec(http?.transport.url ?? '')?.[1]
  expect(http?.environmentVariables.map(({ name }) => name)).toEqual(expect.arrayContaining([variable, 'RACKWARDEN_TOKEN']))
})

test('the hub requires nothing of any service', async () => {
  const [stdio] = (await entryOf('apps/hub')).packages
  const url = stdio?.environmentVariables.find(({ name }) => name === 'NIGHT_WATCH_URL')
  expect(url).toEqual({ name: 'NIGHT_WATCH_URL', description: 'Address of it: http://host:8080.' })
})

test.each([
  ['a description of more than a hundred characters', { description: 'x'.repeat(101) }],
  ['a name without a namespace', { name: 'night-watch' }],
  ['no version', { version: undefined }],
  ['the version latest', { packages: [{ registryType: 'npm', identifier: 'a', version: 'latest', transport: { type: 'stdio' } }] }],
  [
    'HTTP without an address',
    { packages: [{ registryType: 'npm', identifier: 'a', version: '1', transport: { type: 'streamable-http' } }] },
  ],
  ['a field it does not know', { status: 'active' }],
  ['a format it does not know', inEnvironment({ name: 'A', format: 'text' })],
  ['a variable without a name', inEnvironment({ format: 'string' })],
])('the registry would refuse %s', (_, change) => {
  const right = { name: 'io.github.a/b', description: 'b', version: '1.0.0', packages: [] }
  expect(registryProblems(right)).toEqual([])
  expect(registryProblems({ ...right, ...change })).not.toEqual([])
})

test('an entry it would refuse is not written', async () => {
  const long = { ...hub, manifest: { ...hub.manifest, description: 'x'.repeat(101) } }
  await expect(registryEntries({ ...workspace, hub: long })).rejects.toThrow('apps/hub/server.json: /description')
})

test('the schema is kept without its prose', () => {
  const schema = readFileSync(fileURLToPath(new URL('../registry-schema.json', import.meta.url)), 'utf8')
  expect(schema).not.toMatch(/"(?:description|title|examples?|\$comment)": ["[]/)
})

function inEnvironment(variable: object) {
  const transport = { type: 'stdio' }
  return { packages: [{ registryType: 'npm', identifier: 'a', version: '1', transport, environmentVariables: [variable] }] }
}
