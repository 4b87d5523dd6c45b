import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { listings } from '../../docs/listings.mjs'
import { runCommand } from '../../pack/command.mjs'
import { manifestViolations, type Manifest } from '../../structure/manifest.ts'
import { createService, readService } from '../create-service.mjs'
import { formsOf, renamed } from '../names.mjs'
import { kinds, packageFiles } from '../package-files.mjs'
import { explainGrowth } from '../workspace.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'rackwarden-create-service-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a new service is written into, and what it stands on, where it is. */
function copyOfWorkspace(): string {
  const copy = mkdtempSync(join(directory, 'workspace-'))
  const copied = ['tsconfig.json', 'vitest.config.ts', 'package.json', 'apps/hub', 'packages/simlab', '.changeset']
  for (const path of [...copied, 'tooling/tsconfig', 'tooling/evals/questions.json'])
    cpSync(join(root, path), join(copy, path), { recursive: true, filter: (file) => !/node_modules|\/dist/.test(file) })
  for (const path of ['node_modules', 'packages/core', 'packages/server', 'packages/ssh']) symlinkSync(join(root, path), join(copy, path))
  return copy
}

/** Stands in for the installation: the template has what its service needs. */
function install(copy: string, name: string): string {
  const made = join(copy, 'packages', name)
  mkdirSync(join(made, 'node_modules'))
  for (const dependency of ['@rackwarden', 'zod', 'socket.io', 'socket.io-client'])
    symlinkSync(join(root, 'tooling/create-service/node_modules', dependency), join(made, 'node_modules', dependency))
  return made
}

test.each(kinds)(
  'a service made with --%s type-checks and passes its own tests, and the workspace knows it',
  async (kind) => {
    const copy = copyOfWorkspace()
    // A digit, as names of products have them.
    const name = `plain2-${kind}`
    createService(copy, { name, kind })
    const lists = await listings(copy)
    for (const [path, text] of lists) writeFileSync(join(copy, path), text)
    const read = (path: string) => readFileSync(join(copy, path), 'utf8')
    const manifest = JSON.parse(read(`packages/${name}/package.json`)) as Manifest
    expect(manifestViolations(manifest, { directory: name, service: true })).toEqual([])
    expect(read('apps/hub/src/services.ts')).toMatch(new RegExp(`import ${formsOf(name)[1]} from '@rackwarden/${name}'`))
    expect(read('apps/hub/src/services.ts')).toMatch(new RegExp(`\\[[^\\]]*${formsOf(name)[1]}\\]`))
    expect(read('packages/simlab/src/residents.ts')).toContain(`'${name}': () => import('@rackwarden/${name}')`)
    for (const file of ['tsconfig.json', 'apps/hub/tsconfig.json', 'packages/simlab/tsconfig.json']) expect(read(file)).toContain(name)
    for (const file of ['apps/hub/package.json', 'packages/simlab/package.json']) expect(read(file)).toContain(`@rackwarden/${name}`)
    expect(existsSync(join(copy, `.changeset/first-${name}.md`))).toBe(true)
    const questions = JSON.parse(read('tooling/evals/questions.json')) as { tools: string[] }[]
    expect(questions.slice(-3).flatMap(({ tools }) => tools)).toEqual(
      ['list_jobs', 'start_job', 'stop_job'].map((tool) => `plain2_${kind}_${tool}`),
    )
    const made = install(copy, name)
    // What breaks the wire takes its time, and is tried where the templates are.
    const checks: [said: RegExp, command: string, ...words: string[]][] = [
      [/^$/, 'tsc', '-p', made],
      [/^$/, 'tsc', '-p', join(made, 'test')],
      [/Test Files +[45] passed/, 'vitest', 'run', `packages/${name}`, '--testNamePattern', '^(?!.*on the wire)'],
    ]
    for (const [said, command, ...words] of checks) {
      const { code, output } = await runCommand(join(root, 'node_modules/.bin', command), words, { cwd: copy })
      expect({ code, output: stripVTControlCharacters(output) }).toMatchObject({ code: 0, output: expect.stringMatching(said) as string })
    }
  },
  60_000,
)

test('nothing of the template is left in a new service, and its name is there in every form', () => {
  const files = kinds.flatMap((kind) => [...packageFiles('pi-hole', kind)])
  expect(files.filter(([, text]) => /quiet|lantern/i.test(text))).toEqual([])
  expect(renamed('quiet-lantern quietLantern QuietLantern QUIET_LANTERN Quiet Lantern', 'pi-hole')).toBe(
    'pi-hole piHole PiHole PI_HOLE Pi Hole',
  )
})

test.each([
  [['pihole'], /in one way/],
  [['pihole', '--http', '--exec'], /in one way/],
  [['--http'], /one name/],
  [['pi', 'hole', '--http'], /one name/],
  [['Pi_Hole', '--http'], /kebab-case/],
  [['pi--hole', '--http'], /kebab-case/],
  [['../pihole', '--http'], /kebab-case/],
  [['delete', '--http'], /word of the language/],
  [['services', '--http'], /something else/],
  [['quiet-lantern', '--http'], /templates/],
  [['a-name-that-is-longer-than-all-of-them', '--http'], /longer than 30/],
  [['pihole', '--htpp'], /--htpp/],
] as const)('%j is refused with the reason', (args, reason) => {
  expect(() => readService([...args])).toThrow(reason)
})

test('a name and a way out are all that is needed, with or without the dashes npm takes', () => {
  for (const kind of ['http', 'exec', 'socket', 'library'])
    expect(readService(['--', 'pi-hole', `--${kind}`])).toEqual({ name: 'pi-hole', kind })
})

test('a hub that grows much by it is explained in the release notes', () => {
  const copy = copyOfWorkspace()
  createService(copy, { name: 'pi-hole', kind: 'http' })
  const changeset = () => readFileSync(join(copy, '.changeset/first-pi-hole.md'), 'utf8')
  const before = changeset()
  explainGrowth(copy, 'pi-hole', 'hub 10 tools 1000 tokens')
  expect(changeset()).toBe(before)
  explainGrowth(copy, 'pi-hole', 'or say why in a changeset: tokens: hub +5.9 %, because …')
  expect(changeset()).toBe(`${before}\ntokens: hub +5.9 %, because Pi Hole is a service more.\n`)
})

test('a directory that exists is left alone, and nothing else is touched', () => {
  const copy = copyOfWorkspace()
  const before = readFileSync(join(copy, 'tsconfig.json'), 'utf8')
  expect(() => createService(copy, { name: 'server', kind: 'http' })).toThrow('packages/server exists already.')
  expect(readFileSync(join(copy, 'tsconfig.json'), 'utf8')).toBe(before)
})

test("what git leaves of a service that was taken back is in nobody's way", () => {
  const copy = copyOfWorkspace()
  mkdirSync(join(copy, 'packages/pi-hole/node_modules'), { recursive: true })
  expect(createService(copy, { name: 'pi-hole', kind: 'http' })).toContain('packages/pi-hole/src/index.ts')
})
