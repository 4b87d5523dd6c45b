import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretFilter, defaultLimits, loadConfiguration } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { shelfService } from '../shelf.ts'

async function loaded(yaml: string) {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'rackwarden.yaml'), yaml)
  return loadConfiguration({
    services: [shelfService({}, 'many')],
    environment: {},
    directory,
    secrets: createSecretFilter(),
    strict: true,
  })
}

test('limits hold where nothing is said, and each can be set; a service may say its own', async () => {
  expect((await loaded('tier: observe')).limits).toEqual(defaultLimits)
  expect((await loaded('limits: { callsPerMinute: 60 }')).limits).toEqual({ ...defaultLimits, callsPerMinute: 60 })
  const { services } = await loaded('services:\n  shelf: { limits: { callsAtOnce: 1, callsWaiting: 0 }, shelf: main }')
  expect(services['shelf']?.limits).toEqual({ callsAtOnce: 1, callsWaiting: 0 })
})

test.each([
  ['limits:\n  callsPerMinut: 5', "2: 'callsPerMinut' is not known here. Did you mean 'callsPerMinute'?"],
  ['limits:\n  callsAtOnce: 0', "2: 'callsAtOnce' must be a whole number of at least 1."],
  ['limits:\n  callsWaiting: many', "2: 'callsWaiting' must be a whole number of at least 0."],
  ['limits: 5', "1: 'limits' must hold keys and values."],
])('%s is refused with its line', async (yaml, message) => {
  await expect(loaded(yaml)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`rackwarden.yaml:${message}`),
  })
})

test('what is wrong with the limits of a service is held with it', async () => {
  const { services } = await loaded('services:\n  shelf:\n    limits: { callsPerMinute: 5 }')
  expect(services['shelf']?.instances[0]?.problem).toMatchObject({ message: expect.stringContaining("'callsPerMinute' is not known here") })
})
