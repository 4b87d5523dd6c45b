import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { checkGolden } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../dist/demo.cjs', import.meta.url))

/** What differs from run to run, as it stands in the README. */
const settled: readonly (readonly [RegExp, string])[] = [
  [/^A pretend homelab, served .*\n\n/, ''],
  [/\b[a-z0-9]{7}(?=>> end of data)|(?<=<<)[a-z0-9]{7}\b/g, '17s7f0f'],
  [/\| ok \| \d+ \|/g, '| ok | 60 |'],
  [/(?<=confirm[:=] ?)[A-Z2-7]{16}\b/g, 'E2PDABBKTHYUFRW3'],
  [/(?<=until )\d{4}-[\d-]+T[\d:.]+Z/g, '2026-11-20T15:00:53.314Z'],
  [/(?<=Change )\d{8}T\d{6}-[a-z0-9]{6}/g, '20261120T145553-jlakkw'],
  [/(?<=verified after )[\d.]+ s/g, '0.1 s'],
  [/^( +)20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ/gm, '$12026-11-20 14:55:53Z'],
  [/(principal|local:\S+) +(?=tool|\w+_\w+)/g, '$1  '],
  [/local:\S+/g, 'local:you'],
]

test('the demo is the conversation the README shows', async () => {
  const demo = spawn(process.execPath, [program, '--once'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [demo.stdout, demo.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  await once(demo, 'close')
  expect({ exitCode: demo.exitCode, said }).toMatchObject({ exitCode: 0 })
  const text = settled.reduce(
    (result, [changing, shown]) => result.replaceAll(new RegExp(changing, `${changing.flags.replace('g', '')}g`), shown),
    said,
  )
  await checkGolden(new URL('demo.txt', import.meta.url), `${text.trimEnd()}\n`, () => ['the conversation changed'])
}, 60_000)
