import { execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { createRuntime, createSecretFilter, loadConfiguration, stateDirectoryOf, variable } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-config-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

async function load(yaml: string | Uint8Array): Promise<string> {
  const directory = await newDirectory()
  const file = join(directory, 'rackwarden.yaml')
  await writeFile(file, yaml)
  const { tier } = await loadConfiguration({
    services: [],
    environment: {},
    directory,
    file,
    secrets: createSecretFilter(),
    strict: true,
  }).catch((error: Error) => ({ tier: error.message.replace(file, 'FILE') }))
  return tier
}

test.each([
  ['a device without end', '/dev/zero', 'it is larger than 262144 bytes'],
  ['a directory', tmpdir(), 'it is a directory'],
  ['nothing', '/nowhere/at/all', 'ENOENT'],
])('a secret file that is %s is refused', async (_, path, why) => {
  await expect(variable('KEY', { KEY_FILE: path })).rejects.toMatchObject({
    code: 'invalid_config',
    message: `The file ${path} that KEY_FILE names cannot be read: ${why}.`,
  })
})

test('a secret file of bytes that are no text is refused, and a byte order mark is not part of the secret', async () => {
  const path = join(await newDirectory(), 'secret')
  for (const bytes of [Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('a\0b')]) {
    await writeFile(path, bytes)
    await expect(variable('KEY', { KEY_FILE: path })).rejects.toThrow('it is not text in UTF-8')
  }
  await writeFile(path, '\uFEFFhunter22\r\n')
  expect(await variable('KEY', { KEY_FILE: path })).toBe('hunter22')
})

test('a pipe nobody writes into holds nothing up, and one that somebody writes into late is read', async () => {
  const path = join(await newDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  expect(await variable('KEY', { KEY_FILE: path })).toBe('')
  const writer = spawn('sh', ['-c', 'exec 3>"$0"; sleep 0.2; printf hunter22 >&3', path])
  let value = ''
  while (value === '') value = (await variable('KEY', { KEY_FILE: path })) ?? ''
  expect(value).toBe('hunter22')
  writer.kill()
})

test.each([
  [
    'an alias bomb',
    `a: &a [x,x]\n${Array.from({ length: 12 }, (_, index) => `b${index}: &b${index} [*a,*a,*a,*a,*a,*a,*a,*a,*a]`).join('\n')}`,
    'FILE: an alias leads nowhere, or too many of them lead to too much.',
  ],
  ['lists without end', `a: ${'['.repeat(50_000)}`, /^FILE(?:: it is nested too deep|:1: Maximum call stack size exceeded)/],
  [
    'more than anybody configures',
    `a: ${'x'.repeat(300_000)}`,
    'The configuration file FILE cannot be read: it is larger than 262144 bytes.',
  ],
  ['a password that is no YAML', 'services:\n  x:\n    password: |hunter22', 'FILE:3: Block scalar header includes extra characters'],
  [
    'a password that looks like an alias',
    'services:\n  x:\n    password: *hunter22',
    'FILE: an alias leads nowhere, or too many of them lead to too much.',
  ],
  ['a key twice', 'tier: observe\ntier: operate', 'FILE:2: Map keys must be unique'],
])('a file with %s is refused in words that quote none of it', async (_, yaml, message) => {
  expect(await load(yaml)).toMatch(message)
})

test('a byte order mark and line ends of Windows do not matter', async () => {
  expect(await load('\uFEFFtier: operate\r\nservices: {}\r\n')).toBe('operate')
})

test('a relative XDG directory and a missing home do not make files of the working directory count', async () => {
  const directory = await newDirectory()
  await mkdir(join(directory, '.config/rackwarden'), { recursive: true })
  await writeFile(join(directory, '.config/rackwarden/rackwarden.yaml'), 'tier: nonsense')
  const environments = [{}, { HOME: '' }, { HOME: '/nowhere', XDG_CONFIG_HOME: '.config', XDG_DATA_HOME: 'data' }]
  const before = process.cwd()
  process.chdir(directory)
  onTestFinished(() => process.chdir(before))
  for (const environment of environments) {
    const loading = loadConfiguration({ services: [], environment, directory, secrets: createSecretFilter(), strict: false })
    expect((await loading).file ?? homedir()).toContain(homedir())
    expect(stateDirectoryOf(environment)).toBe(join(environment.HOME || homedir(), '.local/share/rackwarden'))
  }
  expect(isAbsolute(stateDirectoryOf({ RACKWARDEN_STATE_DIR: 'state' }))).toBe(true)
})

test('a line of the log is one line, whatever an upstream put into it', () => {
  const lines: string[] = []
  const { log } = createRuntime({ version: '1', environment: {}, stateDirectory: '/nowhere', log: (_, message) => lines.push(message) })
  log('error', 'it said \u001B[2Jno\nrackwarden: info: all is well')
  expect(lines).toEqual(['it said no rackwarden: info: all is well'])
})
