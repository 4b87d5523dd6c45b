import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { packageDirectories } from '../../structure/packages.mjs'
import { readSources } from '../../structure/source-file.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')
const sources = readSources(
  root,
  packageDirectories(root).map((path) => `${path}/src`),
).map(({ text }) => text)

/** What is quoted in the first two columns, and is a sentence rather than a command. */
const quoted = [...page.matchAll(/^\| (.*?) \| (.*?) \| .* \|$/gm)].flatMap(([, seen = '', says = '']) =>
  [...`${seen} ${says}`.matchAll(/`((?:\\`|[^`])+)`/g)].map(([, text = '']) => text.replaceAll('\\`', '`')),
)
const messages = [...new Set(quoted)].filter((text) => text.includes(' ') && !text.startsWith('rackwarden '))

/** Whether some source says this, with something it fills in wherever the page leaves something out. */
function isSaid(message: string): boolean {
  const value = String.raw`\$\{(?:[^{}]|\{[^{}]*\}|\$\{[^{}]*\})*\}`
  const parts = message.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('`', String.raw`\\?\``))
  const inner = parts.join(`(?:${value}[ .]*)+?`)
  // What the page leaves out at an end may be anything, or nothing.
  const pattern = new RegExp(inner.replaceAll(`'`, String.raw`\\?'`))
  return sources.some((text) => pattern.test(text))
}

describe('a message of the page on troubles', () => {
  test.each(messages)('is one the program says: %s', (message) => {
    expect(isSaid(message)).toBe(true)
  })

  test('that nobody says would be found', () => {
    expect(messages.length).toBeGreaterThan(35)
    expect(isSaid('The moon … is not there.')).toBe(false)
    expect(isSaid('Cannot listen at …:…: …')).toBe(false)
  })
})

test('every section of it names what doctor says, or why that says nothing', () => {
  for (const section of page.split('\n## ').slice(1)) expect(section).toMatch(/^\| what you see \| `doctor` says \| what to do \|$/m)
})
