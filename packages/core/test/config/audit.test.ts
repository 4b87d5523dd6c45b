import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretFilter, loadConfiguration } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'

async function loaded(yaml: string, path = process.env['PATH']) {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'rackwarden.yaml'), yaml)
  const environment = { PATH: path }
  return (await loadConfiguration({ services: [], environment, directory, secrets: createSecretFilter(), strict: true })).audit
}

test('heads are handed to a program, and old files removed, only where that is said', async () => {
  expect(await loaded('tier: observe')).toEqual({})
  expect(await loaded('audit: { anchor: { command: [tee, -a, /mnt/heads] }, retention: { days: 365, megabytes: 500 } }')).toEqual({
    anchor: { everyMs: 900_000, command: ['tee', '-a', '/mnt/heads'] },
    retention: { days: 365, megabytes: 500 },
  })
  expect(await loaded('audit: { anchor: { every: 1h, command: [keep] } }')).toEqual({ anchor: { everyMs: 3_600_000, command: ['keep'] } })
})

test('syslog is reached through logger, and refused with the reason where that is not there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  await expect(loaded('audit: { anchor: { syslog: true } }', directory)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(/rackwarden\.yaml:1: 'syslog' needs the program 'logger', and it is not in PATH\.$/),
  })
  writeFileSync(join(directory, 'logger'), '#!/bin/sh\n', { mode: 0o755 })
  const told = ['-t', 'rackwarden-audit', '-p', 'auth.notice']
  expect(await loaded('audit: { anchor: { syslog: true } }', directory)).toMatchObject({
    anchor: { command: [join(directory, 'logger'), ...told] },
  })
  // The one that can, and that would end well otherwise, says where nobody listens.
  writeFileSync(join(directory, 'logger'), '#!/bin/sh\necho logger from util-linux 2.38.1\n', { mode: 0o755 })
  expect(await loaded('audit: { anchor: { syslog: true } }', directory)).toMatchObject({
    anchor: { command: [join(directory, 'logger'), '--socket-errors=on', ...told] },
  })
})

test.each([
  ['audit:\n  retain: {}', "2: 'retain' is not known here."],
  ['audit:\n  anchor:\n    comand: [x]', "3: 'comand' is not known here. Did you mean 'command'?"],
  ['audit:\n  anchor: {}', "2: 'anchor' must hold either 'command' or 'syslog: true'."],
  ['audit:\n  anchor: { command: [x], syslog: true }', "2: 'anchor' must hold either"],
  ['audit:\n  anchor:\n    command: tee -a x', "3: 'command' must be a list: the program, and each of its arguments."],
  ['audit:\n  anchor:\n    command: [x]\n    every: often', "4: 'every' must be a span"],
  ['audit:\n  retention:\n    days: -1', "3: 'days' must be a whole number above zero."],
])('%s is refused with its line', async (yaml, message) => {
  await expect(loaded(yaml)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`rackwarden.yaml:${message}`),
  })
})
