import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import { manifestViolations, type Manifest } from '../manifest.ts'
import { exportViolations, fileViolations, suiteViolations, toolViolations, vagueNames } from '../package-shape.ts'
import { packageDirectories, serviceNames } from '../packages.mjs'
import { readSources } from '../source-file.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const services = serviceNames(root)
const directories = packageDirectories(root)

function filesOf(directory: string): string[] {
  return ['.', 'src', 'test'].flatMap((part) =>
    readdirSync(join(root, directory, part), { recursive: part !== '.', encoding: 'utf8' }).map((file) =>
      part === '.' ? file : `${part}/${file}`,
    ),
  )
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')) as Manifest
}

describe('every package', () => {
  test.for(directories)('has the fields and files of its kind: %s', (directory, { expect }) => {
    const name = directory.split('/')[1] ?? ''
    const service = services.includes(name)
    const manifest = manifestOf(directory)
    const files = filesOf(directory)
    expect(manifestViolations(manifest, { directory: name, service })).toEqual([])
    expect(fileViolations(files, { service, library: '.' in (manifest.exports ?? {}) })).toEqual([])
  })

  test('says in the name of each file what it holds', ({ expect }) => {
    expect(vagueNames(readSources(root, directories))).toEqual([])
  })
})

describe('every service', () => {
  test.for(services)('exports its manifest, calls its tools by the rules, and is held to the suites: %s', (service, { expect }) => {
    const read = (file: string) => readFileSync(join(root, 'packages', service, file), 'utf8')
    expect(exportViolations(read('src/index.ts'))).toEqual([])
    expect(suiteViolations(read)).toEqual([])
    const sources = readSources(root, [`packages/${service}/src`])
    expect(sources.flatMap(toolViolations)).toEqual([])
    expect(sources.filter(({ text }) => text.includes('= defineTool(')).length).toBeGreaterThan(0)
  })
})

describe('a manifest', () => {
  const right: Manifest = {
    name: '@rackwarden/x',
    version: '0.0.0',
    description: 'It is a sentence.',
    mcpName: 'io.github.rackwarden/x',
    keywords: ['mcp', 'homelab'],
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    exports: { '.': { '@rackwarden/source': './src/index.ts' }, './package.json': './package.json' },
    files: ['dist', '!dist/.tsbuildinfo'],
    engines: { node: '>=20.19' },
    dependencies: { '@rackwarden/core': 'workspace:^', zod: 'catalog:' },
    publishConfig: {
      access: 'public',
      provenance: true,
      bin: { 'rackwarden-x': './dist/bin.cjs' },
      exports: { '.': './dist/index.js', './package.json': './package.json' },
    },
  }
  const published = right.publishConfig

  test('that has everything is in order', ({ expect }) => {
    expect(manifestViolations(right, { directory: 'x', service: true })).toEqual([])
  })

  test.for<[violation: string, change: Manifest]>([
    ['is named @rackwarden/x', { name: 'x' }],
    ['has a version and a description that is a sentence', { description: 'No sentence' }],
    ['is found by the keywords mcp and homelab', { keywords: ['mcp'] }],
    ['is io.github.rackwarden/x in the registry', { mcpName: 'io.github.rackwarden/y' }],
    ['is MIT, ESM and free of side effects', { type: 'commonjs' }],
    ['runs on Node >=20.19', { engines: { node: '>=22' } }],
    ['ships dist alone', { files: ['dist', 'src', '!dist/.tsbuildinfo'] }],
    ['is published publicly, with provenance', { publishConfig: { ...published, provenance: false } }],
    ['exports its package.json', { exports: { '.': './dist/index.js', './package.json': './other.json' } }],
    ['publishes the entry points it exports', { publishConfig: { ...published, exports: { '.': './dist/index.js' } } }],
    ['never ships the source condition', { publishConfig: { ...published, exports: right.exports ?? {} } }],
    ['depends on its siblings by workspace:^', { dependencies: { '@rackwarden/core': '^1.0.0' } }],
    ['takes foreign versions from the catalog', { devDependencies: { zod: '^4.0.0' } }],
    ['has the bin rackwarden-x', { publishConfig: { ...published, bin: { x: './dist/bin.cjs' } } }],
    ['bundles the server instead of depending on it', { dependencies: { '@rackwarden/server': 'workspace:^' } }],
  ])('is found where it is not true that it %s', ([violation, change], { expect }) => {
    expect(manifestViolations({ ...right, ...change }, { directory: 'x', service: true })).toEqual([`x: ${violation}`])
  })

  test('of a library has no name in the registry', ({ expect }) => {
    expect(manifestViolations(right, { directory: 'x', service: false })).toEqual(['x: is no server, and has no mcpName'])
  })
})

describe('the files of a service', () => {
  const right = [...filesOf(`packages/${services[0] ?? ''}`).filter((file) => !file.startsWith('src/tools')), 'src/tools.ts']
  const service = { service: true, library: true }

  test('are complete with tools in one place, whether or not it has facets', ({ expect }) => {
    const without = right.filter((file) => file !== 'src/facets.ts')
    expect(fileViolations(without, service)).toEqual([])
    expect(fileViolations([...without.filter((file) => file !== 'src/tools.ts'), 'src/tools/lamps.ts'], service)).toEqual([])
  })

  test.for(['README.md', 'server.json', 'src/index.ts', 'src/client.ts', 'src/simulate.ts', 'src/bin.ts', 'test/golden.test.ts'])(
    'are found to lack %s',
    (file, { expect }) => {
      expect(
        fileViolations(
          right.filter((other) => other !== file),
          service,
        ),
      ).toEqual([`lacks ${file}`])
    },
  )

  test('are found without tools, and with tools in two places', ({ expect }) => {
    expect(
      fileViolations(
        right.filter((file) => file !== 'src/tools.ts'),
        service,
      ),
    ).toEqual(['has no tools'])
    expect(fileViolations([...right, 'src/tools/lamps.ts'], service)).toEqual(['has src/tools.ts beside src/tools/'])
  })

  test('of a program alone need no index', ({ expect }) => {
    const program = ['package.json', 'tsconfig.json', 'test/tsconfig.json', 'README.md', 'src/bin.ts']
    expect(fileViolations(program, { service: false, library: false })).toEqual([])
    expect(fileViolations(program, { service: false, library: true })).toEqual(['lacks src/index.ts'])
  })

  test.for<[violation: string, text: string]>([
    ['has exactly one default export', 'const x = 1\n'],
    ['exports nothing else but types', 'export default defineService({})\nexport const tools = []\n'],
    ['exports nothing else but types', "export default defineService({})\nexport * from './tools.ts'\n"],
    ['exports what defineService makes', 'export default {}\n'],
  ])('are found to have an index of which it is not true that it %s', ([violation, text], { expect }) => {
    expect(exportViolations(text)).toContain(violation)
    expect(exportViolations("export type { X } from './x.ts'\nexport default defineService({})\n")).toEqual([])
  })

  test('are found to have a suite that is not called', ({ expect }) => {
    const whole = 'testService( checkToolsGolden( checkReadme('
    expect(suiteViolations(() => whole)).toEqual([])
    expect(suiteViolations((file) => (file.includes('golden') ? '' : whole))).toEqual([
      'test/golden.test.ts does not call checkToolsGolden()',
    ])
  })

  test.for<[what: string, text: string]>([
    ['another name', "export const lamps = defineTool({\n  name: 'list_lamps',\n"],
    ['a verb of its own', "export const fetchLamps = defineTool({\n  name: 'fetch_lamps',\n"],
    ['no name in view', "const listLamps = defineTool({\n  title: 'Lamps',\n"],
  ])('are found to have a tool with %s', ([, text], { expect }) => {
    expect(toolViolations({ path: 'src/tools.ts', text })).toHaveLength(1)
    const wellNamed = "export const listLamps2 = defineTool({\n  name: 'list_lamps_2',\n"
    expect(toolViolations({ path: 'src/tools.ts', text: wellNamed })).toEqual([])
  })

  test('are found to have a name that says nothing', ({ expect }) => {
    const files = ['packages/x/src/utils.ts', 'packages/x/src/common/lamp.ts', 'packages/x/src/lamp.ts'].map((path) => ({ path, text: '' }))
    expect(vagueNames(files)).toEqual(['packages/x/src/utils.ts', 'packages/x/src/common/lamp.ts'])
  })
})
