import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'
import { secretCorpus } from './secret-corpus.ts'

const corpus = secretCorpus()
const hiding = corpus.filter(({ group }) => group.startsWith('secret'))
const innocent = corpus.filter(({ group }) => group.startsWith('innocent'))
/** Nothing is known by its value here: names and shapes alone must do. */
const unknowing = createSecretFilter()

/** What is known to pass, and what is known to be taken for a secret; a line less is progress, a line more is not. */
const missed = ['iwconfig wlan0 key s:', 'nut: upsmon nut@localhost 1 monuser ', 'samba: smbpasswd -a joe -s <<< ', 'steam +login joe ']
const alarms: readonly string[] = []

describe('the corpus of secrets', () => {
  test('holds enough of each kind to mean something, and every line once', () => {
    expect(hiding.length).toBeGreaterThan(200)
    expect(innocent.length).toBeGreaterThan(150)
    expect(new Set(corpus.map(({ text }) => text)).size).toBe(corpus.length)
    expect(hiding.filter(({ secrets }) => secrets.length === 0)).toEqual([])
    expect(innocent.filter(({ secrets }) => secrets.length > 0)).toEqual([])
  })

  test('has no secret left in it, but for those that are known to pass', () => {
    const left = hiding.filter(({ text, secrets }) => secrets.some((secret) => unknowing.text(text).includes(secret)))
    const recall = (100 * (hiding.length - left.length)) / hiding.length
    process.stdout.write(`recall: ${hiding.length - left.length} of ${hiding.length} snippets with secrets (${recall.toFixed(1)} %)\n`)
    expect(left.map(({ text, secrets: [secret = ''] }) => text.slice(0, text.indexOf(secret)))).toEqual(missed)
  })

  test('has nothing taken out of what is innocent, but for what is known to be', () => {
    const changed = innocent.filter(({ text }) => unknowing.text(text) !== text)
    const share = (100 * changed.length) / innocent.length
    process.stdout.write(`false positives: ${changed.length} of ${innocent.length} innocent snippets (${share.toFixed(1)} %)\n`)
    expect(changed.map(({ text }) => unknowing.text(text))).toEqual(alarms)
  })

  test('keeps most of what stands around a secret', () => {
    const count = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.replaceAll('[redacted]', '').length, 0)
    const around = hiding.map(({ text, secrets }) => secrets.reduce((rest, secret) => rest.replace(secret, ''), text))
    expect(count(hiding.map(({ text }) => unknowing.text(text)))).toBeGreaterThan(0.9 * count(around))
  })
})
