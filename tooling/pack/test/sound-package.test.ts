import { describe, expect, test } from 'vitest'
import { soundnessProblems } from '../sound-package.mjs'
import { tarballOf } from './packages.ts'

const sound = {
  'package.json': {
    name: '@rackwarden/sound',
    version: '1.0.0',
    license: 'MIT',
    type: 'module',
    files: ['dist'],
    engines: { node: '>=20.19' },
    exports: { '.': './dist/index.js', './package.json': './package.json' },
  },
  'dist/index.js': 'export const answer = 42\n',
  'dist/index.d.ts': 'export declare const answer: number\n',
}

describe('a packed package', () => {
  test('that can be used is sound', async () => {
    expect(await soundnessProblems(tarballOf(sound))).toEqual([])
  })

  test('whose entry point is not shipped is not sound', async () => {
    const { 'dist/index.js': _, ...rest } = sound
    expect((await soundnessProblems(tarballOf(rest))).join('')).toContain('dist/index.js but the file does not exist')
  })

  test('whose types lead nowhere is not sound', async () => {
    const broken = { ...sound, 'dist/index.d.ts': `export { answer } from './answer.js'\n` }
    expect((await soundnessProblems(tarballOf(broken))).join('')).toContain('Internal resolution error')
  })

  test('whose entry point has no types is not sound', async () => {
    const entry = { ...sound['package.json'], exports: { ...sound['package.json'].exports, './other': './dist/other.js' } }
    const broken = { ...sound, 'package.json': entry, 'dist/other.js': 'export const other = 1\n' }
    expect((await soundnessProblems(tarballOf(broken))).join('')).toContain('No types')
  })
})
