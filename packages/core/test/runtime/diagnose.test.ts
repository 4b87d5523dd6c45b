import { fileURLToPath } from 'node:url'
import { defineService, httpConfig, secret, sshConfig, ToolError, type Rights, type Service, type Tier } from '@rackwarden/core'
import {
  createRuntime,
  diagnose,
  loadConfiguration,
  openCatalogue,
  tryInstance,
  type Clock,
  type Diagnosis,
} from '@rackwarden/core/runtime'
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'

/** A service that needs nobody: its health and rights are what a test says. */
function boxService({ rights, hangs = false }: { rights?: Rights; hangs?: boolean } = {}): Service {
  return defineService({
    name: 'box',
    title: 'Box',
    description: 'A box.',
    instances: 'many',
    config: { ...httpConfig, password: secret().optional().describe('Password.'), sshHostKey: sshConfig.sshHostKey },
    connect: ({ password }) => ({ password }),
    health: ({ password }, { signal }) => {
      if (hangs) return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      if (password === 'wrong password') throw new ToolError('unauthorized', 'It refused.', { hint: 'Check BOX_PASSWORD.' })
      return { evidence: 'shut' }
    },
    ...(rights === undefined ? {} : { rights: () => Promise.resolve(rights) }),
    simulate: () => Promise.reject(new Error('not here')),
    tools: [],
  })
}

interface Setting {
  yaml?: string
  service?: Service
  tier?: Tier
  clock?: Partial<Clock>
  mode?: number
  stateDirectory?: string
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-core-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** What `doctor` would say of a file. */
async function doctor({
  yaml = 'services: {}',
  service = boxService(),
  clock,
  mode = 0o600,
  stateDirectory,
}: Setting): Promise<Diagnosis[]> {
  const directory = await temporaryDirectory()
  const file = join(directory, 'rackwarden.yaml')
  await writeFile(file, yaml)
  await chmod(file, mode)
  const system: Clock = {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }),
    after: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds)
      return () => clearTimeout(timer)
    },
  }
  const own = { ...system, ...clock }
  const runtime = createRuntime({
    version: '1',
    environment: {},
    stateDirectory: stateDirectory ?? join(directory, 'state'),
    clock: own,
    log: () => undefined,
  })
  const configuration = await loadConfiguration({
    services: [service],
    environment: {},
    file,
    directory,
    secrets: runtime.secrets,
    strict: true,
  })
  const catalogue = openCatalogue({ name: 'test', title: 'Test', services: [service], prefixed: true, runtime, configuration })
  try {
    return await diagnose(catalogue)
  } finally {
    await catalogue.close(0)
    await runtime.close()
  }
}

const about = (diagnoses: readonly Diagnosis[], subject: string) => diagnoses.filter((diagnosis) => diagnosis.subject === subject)

test('all that is not well has its fix, and what is well has none', async () => {
  const diagnoses = await doctor({
    yaml: 'services: { box: { instances: { one: { url: "https://10.0.0.1", tlsInsecure: true, password: short }, two: { url: "http://10.0.0.2", password: wrong password } } } }',
  })
  for (const { level, fix } of diagnoses) expect(fix === undefined).toBe(level === 'ok')
  expect(about(diagnoses, 'box@one').map(({ level, message }) => [level, message])).toEqual([
    ['ok', 'answers: shut (' + (diagnoses.find(({ subject }) => subject === 'configuration')?.message.split(';')[0] ?? '') + ')'],
    ['warning', 'any certificate is accepted (tlsInsecure)'],
    ['warning', "'password' is shorter than 8 characters, so it is not filtered from what others write"],
  ])
  expect(about(diagnoses, 'box@two').map(({ level, message }) => [level, message.split(' (')[0]])).toEqual([
    ['error', 'unauthorized: It refused.'],
    ['warning', 'the credential travels unencrypted to 10.0.0.2'],
  ])
})

test('a connection of this machine, over a socket or pinned has nothing to be warned of', async () => {
  const urls = ['http://127.0.0.1:1', 'unix:///run/x.sock', 'https://10.0.0.1']
  const instances = urls.map((url, index) => `i${index}: { url: "${url}", password: long enough }`).join(', ')
  const diagnoses = await doctor({ yaml: `services: { box: { instances: { ${instances} } } }` })
  expect(diagnoses.filter(({ level }) => level !== 'ok')).toEqual([])
})

test('a host over SSH without a pin says that known_hosts counts', async () => {
  const diagnoses = await doctor({ yaml: 'services: { box: { url: "ssh://nas" } }' })
  expect(about(diagnoses, 'box').at(-1)).toEqual({ level: 'ok', subject: 'box', message: 'no sshHostKey is pinned; known_hosts counts' })
})

test('a file others can write, or can read a secret in, is told', async () => {
  const yaml = 'services: { box: { url: "https://x", password: literal secret } }'
  expect(about(await doctor({ yaml, mode: 0o664 }), 'configuration')).toMatchObject([
    { level: 'warning', fix: expect.stringContaining('chmod 600') },
  ])
  expect(about(await doctor({ yaml, mode: 0o644 }), 'configuration')).toMatchObject([
    { level: 'warning', message: expect.stringContaining('holds a secret') },
  ])
  expect(about(await doctor({ mode: 0o644 }), 'configuration')).toMatchObject([{ level: 'ok' }])
  // A key that is named by its file stands in that file.
  const named = `services: { box: { url: "https://x", password: "${fileURLToPath(import.meta.url)}" } }`
  expect(about(await doctor({ yaml: named, mode: 0o644 }), 'configuration')).toMatchObject([{ level: 'ok' }])
})

test.each<[Rights['highest'], string, RegExp]>([
  ['operate', 'ok', /the credential may operate \(told\), the tier is operate/],
  ['admin', 'warning', /may admin/],
  ['observe', 'warning', /may observe/],
])('a credential that may %s is held against the tier', async (highest, level, message) => {
  const service = boxService({ rights: { highest, evidence: 'told' } })
  const diagnoses = await doctor({ service, yaml: 'tier: operate\nservices: { box: { url: "https://x" } }' })
  expect(about(diagnoses, 'box').at(-1)).toMatchObject({ level, message: expect.stringMatching(message) })
})

test('a clock that cannot be right is told', async () => {
  expect(about(await doctor({ clock: { now: () => 0 } }), 'clock')).toMatchObject([
    { level: 'error', message: expect.stringContaining('1970') },
  ])
  const stateDirectory = await temporaryDirectory()
  await mkdir(join(stateDirectory, 'audit'))
  await writeFile(join(stateDirectory, 'audit/x.jsonl'), '')
  const later = new Date(Date.now() + 3_600_000)
  await utimes(join(stateDirectory, 'audit/x.jsonl'), later, later)
  expect(about(await doctor({ stateDirectory }), 'clock')).toMatchObject([
    { level: 'warning', message: expect.stringContaining('before the last audit record') },
  ])
})

test('a state directory that other users can enter is told', async () => {
  const stateDirectory = await temporaryDirectory()
  await chmod(stateDirectory, 0o755)
  expect(about(await doctor({ stateDirectory }), 'state directory')).toMatchObject([
    { level: 'warning', fix: `chmod 700 ${stateDirectory}` },
  ])
})

test('one that hangs costs its limit, and the rest is told', async () => {
  // The limit is over at once.
  const after: Clock['after'] = (_, then) => {
    setImmediate(then)
    return () => undefined
  }
  const diagnoses = await doctor({
    service: boxService({ hangs: true }),
    yaml: 'services: { box: { url: "https://x" } }',
    clock: { after },
  })
  expect(about(diagnoses, 'box')).toMatchObject([{ level: 'error', message: expect.stringContaining('timeout') }])
  expect(about(diagnoses, 'node')).toMatchObject([{ level: 'ok' }])
})

test('values are tried with their references, and what is wrong is told as a call would tell it', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'secret'), 'wrong password\n')
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: directory, log: () => undefined })
  const attempt = (values: Record<string, unknown>) => tryInstance(boxService(), values, runtime)
  expect(await attempt({ url: 'https://x' })).toEqual({ health: { evidence: 'shut' } })
  expect(await attempt({ url: 'https://x', password: `file:${directory}/secret` })).toMatchObject({ problem: { code: 'unauthorized' } })
  expect(await attempt({ url: 'https://x', password: 'env:NOWHERE' })).toMatchObject({ problem: { code: 'invalid_config' } })
  expect(await attempt({})).toMatchObject({ problem: { code: 'invalid_config' } })
  expect(runtime.secrets.text('it is wrong password')).toBe('it is [redacted]')
})

test('what an upstream says of itself reaches the terminal as one clean line', async () => {
  const service: Service = { ...boxService(), health: () => Promise.resolve({ evidence: 'it \u001B[2Jis\nok  box  all is well' }) }
  const found = await doctor({ yaml: 'services: { box: { url: "https://10.0.0.1" } }', service })
  expect(about(found, 'box')[0]?.message).toMatch(/^answers: it is ok  box  all is well \(/)
})
