import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfiguration } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'

async function docsOf(yaml: string | undefined, file?: false) {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-docs-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  if (yaml !== undefined) await writeFile(join(directory, 'rackwarden.yaml'), yaml)
  const environment = { HOME: '/home/ada' }
  const loaded = await loadConfiguration({ services: [], environment, directory, secrets: createSecretFilter(), strict: true, file })
  const relative = (path: string) => path.replace(`${directory}/`, '')
  return {
    folders: loaded.docs?.folders.map((folder) => ({ ...folder, path: relative(folder.path) })),
    pitfalls: loaded.docs?.pitfalls.map(relative),
  }
}

describe('docs', () => {
  test('are relative to the file, or to the home of the user', async () => {
    expect((await docsOf('docs: [./homelab-docs, ~/notes, /srv/wiki/]')).folders).toEqual([
      { name: 'homelab-docs', path: 'homelab-docs' },
      { name: 'notes', path: '/home/ada/notes' },
      { name: 'wiki', path: '/srv/wiki' },
    ])
  })

  test('of one name are told apart by what they lie in', async () => {
    expect((await docsOf('docs: [/a/infra/docs, /b/apps/docs, /c/apps/docs, /d]')).folders?.map(({ name }) => name)).toEqual([
      'infra-docs',
      'b-apps-docs',
      'c-apps-docs',
      'd',
    ])
  })

  test('may be files, which are parts of their folder', async () => {
    expect((await docsOf('docs: [/a/infra/CLAUDE.md, /a/infra/AGENTS.md, /b/infra, /b/infra/x.md]')).folders).toEqual([
      { name: 'a-infra', path: '/a/infra', only: ['CLAUDE.md', 'AGENTS.md'] },
      { name: 'b-infra', path: '/b/infra' },
    ])
  })

  test.each([
    ['docs: ./homelab-docs', "rackwarden.yaml:1: 'docs' must be a list of folders"],
    ['tier: observe\ndocs: [3]', "rackwarden.yaml:2: 'docs' must be a list of folders"],
    ["docs: ['']", "'docs' must be a list of folders"],
    ['docs:\n  - ./a\n  - /', "rackwarden.yaml:3: '/' is a whole disk"],
    ['docs:\n  - ./a\n  - ./b\n  - ./a/', "rackwarden.yaml:4: './a/' stands here twice"],
    ['dcos: [./a]', "'dcos' is not known here. Did you mean 'docs'?"],
  ])('are refused where they are wrong: %s', async (yaml, message) => {
    await expect(docsOf(yaml)).rejects.toThrow(message)
  })

  test("have the owner's pitfalls beside the file, or where configuration lies", async () => {
    expect((await docsOf(undefined)).pitfalls).toEqual(['pitfalls.md', '/home/ada/.config/rackwarden/pitfalls.md'])
  })

  test('are none where no file counts', async () => {
    expect(await docsOf('docs: [./a]', false)).toEqual({ folders: undefined, pitfalls: undefined })
  })
})
