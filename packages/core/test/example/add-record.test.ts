import { expect, test } from 'vitest'
import { addRecord } from './add-record.ts'

test('the tool of the README is taken back to what was there, or to nothing', () => {
  const { undo } = addRecord.definition
  const outcome = { after: undefined, output: undefined }
  const inverse = (before: unknown) => (typeof undo === 'function' ? undo(before, { domain: 'nas.lan' }, outcome) : undefined)
  expect(inverse({ address: '10.0.0.2' })).toEqual({ tool: 'add_record', input: { domain: 'nas.lan', address: '10.0.0.2' } })
  expect(inverse(undefined)).toEqual({ tool: 'remove_record', input: { domain: 'nas.lan' } })
})
