import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { runCommand } from '../../pack/command.mjs'
import { packageGraph } from '../architecture.mjs'
import { stale } from '../drift.mjs'
import { formatted, listings } from '../listings.mjs'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'rackwarden-docs-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A workspace with these sources, each package with a manifest. */
function workspaceOf(files: Record<string, string>): string {
  const root = mkdtempSync(join(directory, 'workspace-'))
  mkdirSync(join(root, 'packages'))
  mkdirSync(join(root, 'apps'))
  for (const [path, text] of Object.entries(files)) {
    const manifest = join(root, ...path.split('/').slice(0, 2), 'package.json')
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    writeFileSync(manifest, '{}')
  }
  return root
}

test('a file that differs or is missing is stale, one that is the same is not', () => {
  const root = workspaceOf({ 'packages/a/same.md': 'text', 'packages/a/other.md': 'text' })
  const written = new Map([
    ['packages/a/same.md', 'text'],
    ['packages/a/other.md', 'text.'],
    ['packages/a/missing.md', ''],
  ])
  expect(stale(root, written)).toEqual(['packages/a/other.md', 'packages/a/missing.md'])
})

test('the lists of services name every package that is no foundation, in the form the formatter leaves', async () => {
  const names = ['home-assistant', ...Array.from({ length: 30 }, (_, index) => `service${index}`)]
  const source = { 'packages/core/src/index.ts': '', 'packages/simlab/src/index.ts': '', 'apps/hub/src/bin.ts': '' }
  const root = workspaceOf({ ...source, ...Object.fromEntries(names.map((name) => [`packages/${name}/src/index.ts`, ''])) })
  const lists = await listings(root)
  const hub = lists.get('apps/hub/src/services.ts') ?? ''
  expect(hub).toContain("import homeAssistant from '@rackwarden/home-assistant'\n")
  expect(hub.match(/^ {2}\w+,$/gm)).toHaveLength(names.length)
  expect(hub).not.toMatch(/^import (?:core|simlab|hub) /m)
  expect(lists.get('packages/simlab/src/residents.ts')).toContain("  'home-assistant': () => import('@rackwarden/home-assistant'),\n")
  for (const [path, text] of lists) expect(await formatted(path, text)).toBe(text)
})

test('the picture of the packages has services alike in one place, types left out and lazy imports dotted', () => {
  const root = workspaceOf({
    'packages/core/src/index.ts': '',
    'packages/ssh/src/index.ts': "import { x } from '@rackwarden/core/runtime'\n",
    'packages/a-one/src/index.ts': "import { x } from '@rackwarden/core'\nconst y = () => import('@rackwarden/ssh')\n",
    'packages/b/src/index.ts':
      "import { x } from '@rackwarden/core'\n// import z from '@rackwarden/server'\nconst y = () => import('@rackwarden/ssh')\n",
    'packages/c/src/index.ts': "import { x } from '@rackwarden/core'\n",
    'apps/hub/src/hub.ts': "import type { X } from '@rackwarden/core'\nimport b from '@rackwarden/b'\nimport c from '@rackwarden/c'\n",
  })
  expect(packageGraph(root).split('\n')).toEqual([
    '```mermaid',
    'flowchart TD',
    '  a_one["a-one, b"]',
    '  c["c"]',
    '  core["core"]',
    '  ssh["ssh"]',
    '  hub["hub"]',
    '  a_one --> core',
    '  a_one -.-> ssh',
    '  c --> core',
    '  ssh --> core',
    '  hub --> a_one',
    '  hub --> c',
    '```',
  ])
})

test('the lists of services are written where nothing is built yet', async () => {
  const root = workspaceOf({ 'packages/docker/src/index.ts': '', 'packages/simlab/src/index.ts': '', 'apps/hub/src/bin.ts': '' })
  // Without its node_modules the generator finds none of our packages; the formatter is no package of ours.
  for (const path of ['tooling/docs', 'tooling/bootstrap', 'tooling/create-service', 'tooling/structure', '.oxfmtrc.json'])
    cpSync(join(repository, path), join(root, path), { recursive: true, filter: (file) => !file.includes('node_modules') })
  mkdirSync(join(root, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/oxfmt'), join(root, 'node_modules/oxfmt'))
  const { code, output } = await runCommand('node', ['tooling/docs/docs.mjs', '--listings'], { cwd: root })
  expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('apps/hub/src/services.ts') as string })
})
