import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'
import { openDocuments } from '../../src/knowledge/documents.ts'
import type { DocsFolder } from '../../src/config/docs.ts'
import { folderOf } from './notes.ts'

const clock = { now: () => 0, sleep: () => Promise.resolve(), after: () => () => undefined }

function documentsIn(...folders: (DocsFolder | string)[]) {
  const named = folders.map((folder) => (typeof folder === 'string' ? { name: 'notes', path: folder } : folder))
  return openDocuments(() => ({ folders: named, pitfalls: [] }), { clock, secrets: createSecretFilter() })
}

const pathsIn = async (folder: string) => (await documentsIn(folder).look())[0]?.files.map(({ path }) => path)
const leftOutIn = async (folder: string) => (await documentsIn(folder).look())[0]?.leftOut

describe('a folder of documents', () => {
  test('has its Markdown files by path, those for assistants too, and nothing of tools', async () => {
    const folder = await folderOf({
      'network.md': 'x',
      'CLAUDE.md': 'x',
      'hosts/nas.MD': 'x',
      'hosts/AGENTS.md': 'x',
      '.claude/CLAUDE.md': 'x',
      '.git/x.md': 'x',
      'node_modules/x/README.md': 'x',
      'picture.png': 'x',
    })
    expect(await pathsIn(folder)).toEqual(['.claude/CLAUDE.md', 'CLAUDE.md', 'hosts/AGENTS.md', 'hosts/nas.MD', 'network.md'])
  })

  test('that is not there, is a file, or is a circle of links says so', async () => {
    const folder = await folderOf({ 'notes.txt': 'x' })
    await symlink('b', join(folder, 'a'))
    await symlink('a', join(folder, 'b'))
    const problems = []
    for (const name of ['none', 'notes.txt', 'a']) problems.push((await documentsIn(join(folder, name)).look())[0]?.problem)
    expect(problems).toEqual(['it is not there', 'it is a file, and not one of Markdown', 'its links lead in a circle'])
  })

  test('may be single files, wherever they lie', async () => {
    const [folder, elsewhere] = [await folderOf({ 'a.md': 'A', 'b.md': 'B' }), await folderOf({ 'CLAUDE.md': 'told' })]
    await symlink(join(elsewhere, 'CLAUDE.md'), join(folder, 'CLAUDE.md'))
    const documents = documentsIn({ name: 'notes', path: folder, only: ['a.md', 'CLAUDE.md', 'gone.md'] })
    const [found] = await documents.look()
    expect(found?.files.map(({ path }) => path)).toEqual(['CLAUDE.md', 'a.md'])
    expect(await documents.read(found!.files[0]!)).toBe('told')
    expect(found?.leftOut).toEqual([{ why: 'it is not there', count: 1, example: 'gone.md' }])
  })

  test('follows no link that leads out of it, none to a folder, and each file once', async () => {
    const [folder, outside] = [await folderOf({ 'in/one.md': 'x', 'AGENTS.md': 'x' }), await folderOf({ 'secret.md': 'x' })]
    await symlink(join(outside, 'secret.md'), join(folder, 'secret.md'))
    await symlink('/etc/hostname', join(folder, 'hostname.md'))
    await symlink(outside, join(folder, 'outside'))
    await symlink('..', join(folder, 'in/loop'))
    await symlink('AGENTS.md', join(folder, 'CLAUDE.md'))
    await symlink('nowhere.md', join(folder, 'broken.md'))
    await mkdir(join(folder, '.kept'))
    await writeFile(join(folder, '.kept/real.md'), 'x')
    await symlink('.kept/real.md', join(folder, 'real.md'))
    expect(await pathsIn(folder)).toEqual(['AGENTS.md', 'in/one.md', 'real.md'])
    expect(await leftOutIn(folder)).toEqual([
      { why: 'a link that leads nowhere', count: 1, example: 'broken.md' },
      { why: 'a link that leads out of the folder', count: 2, example: 'hostname.md' },
    ])
  })

  test('leaves out what is too large or too deep, and says so', async () => {
    const deep = `${'d/'.repeat(22)}x.md`
    const folder = await folderOf({ 'small.md': 'x', 'large.md': 'x', [deep]: 'x' })
    await truncate(join(folder, 'large.md'), 10_000_000)
    expect(await pathsIn(folder)).toEqual(['small.md'])
    expect(await leftOutIn(folder)).toEqual([
      { why: 'nested deeper than 20 folders', count: 1, example: 'd/'.repeat(21).slice(0, -1) },
      { why: 'larger than 1 MB', count: 1, example: 'large.md' },
    ])
  })

  test('has at most fifty megabytes, its own and those of all others', async () => {
    const folder = await folderOf(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index + 10}.md`, ''])))
    for (let index = 0; index < 60; index += 1) await truncate(join(folder, `${index + 10}.md`), 1_000_000)
    const other = await folderOf({ 'more.md': 'x'.repeat(1_000_000) })
    const [first, second] = await documentsIn({ name: 'a', path: folder }, { name: 'b', path: other }).look()
    expect(first?.files).toHaveLength(52)
    expect(first?.leftOut).toEqual([{ why: 'beyond 50 MB in all', count: 8, example: '62.md' }])
    expect(second?.leftOut).toEqual([{ why: 'beyond 50 MB in all', count: 1, example: 'more.md' }])
  })
})

describe('a document', () => {
  test('is cleaned, and without its secrets', async () => {
    const folder = await folderOf({ 'a.md': 'root password: correct-horse-battery\u202E\n\u001B[31mred' })
    const documents = documentsIn(folder)
    const [found] = await documents.look()
    const text = await documents.read(found!.files[0]!)
    expect(text).toContain('red')
    expect(text).not.toMatch(/correct-horse|[^\p{L}\p{N}\p{P}\p{Zs}\n]/u)
  })

  test('that is no text in UTF-8 is not read', async () => {
    const folder = await folderOf({ 'latin.md': Buffer.from('Gerät', 'latin1'), 'binary.md': Buffer.from([35, 0, 1]), 'fine.md': 'Gerät' })
    const documents = documentsIn(folder)
    const [found] = await documents.look()
    const texts = []
    for (const file of found?.files ?? []) texts.push([file.path, await documents.read(file)])
    expect(texts).toEqual([
      ['binary.md', undefined],
      ['fine.md', 'Gerät'],
      ['latin.md', undefined],
    ])
  })

  test('that vanished, or became something else since it was seen, is not read', async () => {
    const [folder, outside] = [
      await folderOf({ 'gone.md': 'x', 'link.md': 'x', 'sub/file.md': 'x' }),
      await folderOf({ 'file.md': 'not yours' }),
    ]
    const documents = documentsIn(folder)
    const [found] = await documents.look()
    await rm(join(folder, 'gone.md'))
    await rm(join(folder, 'link.md'))
    await symlink(join(outside, 'file.md'), join(folder, 'link.md'))
    await rename(join(folder, 'sub'), join(folder, 'was'))
    await symlink(outside, join(folder, 'sub'))
    for (const file of found?.files ?? []) expect(await documents.read(file)).toBeUndefined()
  })
})
