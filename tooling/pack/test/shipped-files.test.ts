import { describe, expect, test } from 'vitest'
import { noticeProblems, shippedFileProblems } from '../shipped-files.mjs'
import { directoryOf } from './packages.ts'

const shipped = {
  'package.json': { name: 'x' },
  'src/index.ts': 'export const answer = 42\n',
  'src/testing/check.ts': 'export {}\n',
  'dist/index.js': 'export const answer = 42\n//# sourceMappingURL=index.js.map\n',
  'dist/index.js.map': { version: 3, sources: ['../src/index.ts'] },
  'node_modules/other/test/other.test.js': '',
}

describe('the files of a package', () => {
  test('are those its readers need', () => {
    expect(shippedFileProblems(directoryOf(shipped))).toEqual([])
  })

  test.for(['test/index.js', 'dist-test/index.d.ts', 'src/index.test.ts', 'dist/.tsbuildinfo', 'src/tests/sample.json'])(
    'are none that only developers need: %s',
    (file) => {
      expect(shippedFileProblems(directoryOf({ ...shipped, [file]: '' }))).toEqual([`${file} is for developers only`])
    },
  )

  test('are not pointed to without being there', () => {
    const { 'src/index.ts': _, ...withoutSource } = shipped
    expect(shippedFileProblems(directoryOf(withoutSource))).toEqual(['dist/index.js.map points to ../src/index.ts, which is not shipped'])
    const { 'dist/index.js.map': __, ...withoutMap } = shipped
    expect(shippedFileProblems(directoryOf(withoutMap))).toEqual(['dist/index.js names index.js.map, which is not shipped'])
  })
})

describe('the notices of a package', () => {
  const inputs = [
    'packages/core/src/index.ts',
    'node_modules/.pnpm/undici@7.30.2/node_modules/undici/index.js',
    'node_modules/.pnpm/@modelcontextprotocol+server@2.4.0/node_modules/@modelcontextprotocol/server/dist/index.mjs',
  ]
  const between = `\n\n${'-'.repeat(80)}\n\n`
  const notices = (...names: string[]) =>
    directoryOf({ 'dist/THIRD-PARTY-NOTICES': names.map((name) => `${name} (MIT)\n\nText.`).join(between) })

  test('name what is shipped inside, and nothing else', () => {
    expect(noticeProblems(notices('@modelcontextprotocol/server 2.4.0', 'undici 7.30.2'), inputs)).toEqual([])
    expect(noticeProblems(notices('undici 7.30.2'), inputs)).toEqual([
      'THIRD-PARTY-NOTICES does not name @modelcontextprotocol/server 2.4.0, which is shipped inside',
    ])
    expect(noticeProblems(notices('@modelcontextprotocol/server 2.4.0', 'undici 7.0.0'), inputs)).toEqual([
      'THIRD-PARTY-NOTICES does not name undici 7.30.2, which is shipped inside',
      'THIRD-PARTY-NOTICES names undici 7.0.0, which is not shipped inside',
    ])
  })

  test('are not needed where nothing foreign is shipped inside', () => {
    expect(noticeProblems(directoryOf({}), [])).toEqual([])
    expect(noticeProblems(directoryOf({}), inputs)).toHaveLength(2)
  })
})
