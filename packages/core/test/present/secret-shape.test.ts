import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'

const unknowing = createSecretFilter()

describe('tokens of known form', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA7bq8\n'.repeat(3)}-----END RSA PRIVATE KEY-----`

  test.each([
    `ghp_${'aB3'.repeat(12)}`,
    `gho_${'aB3'.repeat(12)}`,
    `github_pat_${'aB3_'.repeat(10)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'xoxb-1234567890-abcdefghij',
    'glpat-abcdefghij1234567890',
    `sk-proj-${'aB3'.repeat(12)}`,
    `ptr_${'aB3/'.repeat(10)}abc=`,
    `hvs.${'aB3'.repeat(10)}`,
    `npm_${'aB3'.repeat(12)}`,
    jwt,
    pem,
    pem.replaceAll('\n', String.raw`\n`),
  ])('%s', (token) => {
    for (const [before, after] of [
      ['', ''],
      ['failed for ', ' at line 3'],
      ['{"x":"', '"}'],
      ['see (', ')'],
    ])
      expect(unknowing.text(`${before}${token}${after}`)).toBe(`${before}[redacted]${after}`)
  })

  test.each([
    ['Bearer abc123def456', 'Bearer [redacted]'],
    ['"basic dXNlcjpwYXNz"', '"basic [redacted]"'],
    ['postgres://joe:p%40ss@db:5432/x', 'postgres://joe:[redacted]@db:5432/x'],
    ['redis://:hunter2@cache', 'redis://:[redacted]@cache'],
    ['PVEAPIToken=mcp@pve!rw=12345678-1234-1234-1234-123456789abc', 'PVEAPIToken=[redacted]'],
    ['x PVEAPIToken mcp@pve!rw=12345678-1234-1234-1234-123456789abc', 'x PVEAPIToken mcp@pve!rw=[redacted]'],
    ['https://hooks.slack.com/services/T0000/B0000/abcdef', 'https://hooks.slack.com/services/[redacted]'],
    [pem.slice(0, 90), '[redacted]'],
    [`a\n${pem}\nb\n${pem}\nc`, 'a\n[redacted]\nb\n[redacted]\nc'],
  ])('%j', (text, expected) => {
    expect(unknowing.text(text)).toBe(expected)
  })
})
