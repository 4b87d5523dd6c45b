import { expect, test } from 'vitest'
import { filled, marked } from '../markers.mjs'
import { snippetOf } from '../snippet.mjs'

const none = () => {
  throw new Error('nothing is shown here')
}
const table = '<!-- generated: tools -->\nold\n<!-- /generated -->\n'

test('what stands between the marks is replaced, what stands around them stays', () => {
  const once = filled(`Before.\n\n${table}\nAfter.\n`, { parts: { tools: () => '| $& |' }, readSnippet: none })
  expect(once).toBe('Before.\n\n<!-- generated: tools -->\n\n| $& |\n\n<!-- /generated -->\n\nAfter.\n')
  expect(filled(once, { parts: { tools: () => '| $& |' }, readSnippet: none })).toBe(once)
})

test('marks inside a sentence are only spoken of', () => {
  const text = 'Between `<!-- generated: tools -->` and `<!-- /snippet -->`.\n'
  expect(filled(text, { readSnippet: none })).toBe(text)
})

test.each([
  ['a place that is missing', 'No marks.\n', /no place marked <!-- generated: tools -->/],
  ['a part nobody writes', table.replace('tools', 'toolz') + table, /nothing is generated for the part 'toolz'/],
  ['a part that is not closed', table.replace('<!-- /generated -->\n', ''), /not closed/],
  ['a part that begins inside another', `${table.replace('<!-- /generated -->\n', '')}${table}`, /inside another/],
  ['an end without a beginning', `${table}<!-- /generated -->\n`, /ends nothing/],
  ['a snippet that is not closed', `${table}<!-- snippet: a.ts -->\n`, /not closed by <!-- \/snippet -->/],
])('%s is refused', (_, text, reason) => {
  expect(() => filled(text, { parts: { tools: () => '' }, readSnippet: none })).toThrow(reason)
})

test('a snippet is shown in the language of its file, with the region asked for', () => {
  const asked: unknown[] = []
  const readSnippet = (file: string, region: string | undefined) => {
    asked.push([file, region])
    return 'code()'
  }
  const text = '<!-- snippet: examples/a/b.mjs -->\n<!-- /snippet -->\n<!-- snippet: packages/c/d.ts#one-part -->\n<!-- /snippet -->\n'
  expect(filled(text, { readSnippet }).match(/```\w+\ncode\(\)\n```/g)).toEqual(['```js\ncode()\n```', '```ts\ncode()\n```'])
  expect(asked).toEqual([
    ['examples/a/b.mjs', undefined],
    ['packages/c/d.ts', 'one-part'],
  ])
})

test('a region is taken out of its file without the indentation it has there', () => {
  const source = 'a\n  // #region two\n  b {\n\n    c\n  }\n  // #endregion\nd\n'
  expect(snippetOf(source, 'two')).toBe('b {\n\n  c\n}')
  expect(snippetOf('a\nb\n', undefined)).toBe('a\nb')
  expect(() => snippetOf(source, 'three')).toThrow("no region 'three'")
  expect(() => snippetOf(source, undefined)).toThrow('name the one that is meant')
})

test('the tables of a new README are marked where they stand, once, and no others', () => {
  const readme = '# A\n\n| a |\n|---|\n\n## Variables\n\nText.\n\n| b |\n|---|\n| c |\n\n## Tools\n\n| d |\n|---|\n\n| e |\n|---|\n'
  const headings = { Variables: 'variables', Tools: 'tools' }
  const once = marked(readme, headings)
  expect(once).toBe(
    '# A\n\n| a |\n|---|\n\n## Variables\n\nText.\n\n<!-- generated: variables -->\n| b |\n|---|\n| c |\n<!-- /generated -->\n\n## Tools\n\n<!-- generated: tools -->\n| d |\n|---|\n<!-- /generated -->\n\n| e |\n|---|\n',
  )
  expect(marked(once, headings)).toBe(once)
})
