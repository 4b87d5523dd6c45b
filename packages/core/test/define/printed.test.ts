import { expect, test } from 'vitest'
import { z } from 'zod'
import { listPrinted, valuePrinted } from '../../src/index.ts'

test('a list a command printed is held to its form, and anything else is told with the command to run', () => {
  const schema = z.array(z.object({ name: z.string() }))
  expect(listPrinted(schema, '[{"name":"a","more":1}]\n', ['there', 'list'])).toEqual([{ name: 'a' }])
  for (const printed of ['', 'warning: locale\n[]', '{}', '[{"name":1}]'])
    expect(() => listPrinted(schema, printed, ['there', 'list'])).toThrow(
      expect.objectContaining({ code: 'upstream', message: "'there list' printed something else than its list." }),
    )
})

test.each([
  ['{"value":"s3cret"}', 's3cret'],
  ['Result: {\n  "tokenid": "a!b",\n  "value" : "s3cret"\n}', 's3cret'],
  ['{"value":""}', undefined],
  ['{"value":"two words"}', undefined],
  ['no JSON', undefined],
])('the secret in %j is %j', (printed, value) => {
  expect(valuePrinted(printed)).toBe(value)
})
