import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'

const unknowing = createSecretFilter()

describe('known values', () => {
  const known = (...values: string[]) => {
    const filter = createSecretFilter()
    for (const value of values) filter.add(value)
    return filter
  }

  const encodings: ((secret: string) => string)[] = [
    (secret) => secret,
    (secret) => encodeURIComponent(secret),
    (secret) => new URLSearchParams({ q: secret }).toString().slice(2),
    (secret) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    (secret) => JSON.stringify(secret).slice(1, -1),
    (secret) => JSON.stringify(JSON.stringify({ secret })),
    (secret) => Buffer.from(secret).toString('base64'),
    (secret) => Buffer.from(secret).toString('base64url'),
    (secret) => Buffer.from(`admin:${secret}`).toString('base64'),
    (secret) => Buffer.from(`a:${secret}@host`).toString('base64url'),
    (secret) => Buffer.from(`ab:${secret}`).toString('base64'),
  ]
  const secrets = fc
    .oneof(fc.string({ minLength: 8, maxLength: 40 }), fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }))
    .filter((value) => value.trim().length >= 8 && !'[redacted]'.includes(value.trim()))

  test('a known value never survives in a text, whatever its form and whatever is around it', () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), fc.constantFrom(...encodings), (secret, before, after, encode) => {
        const filter = known(secret)
        const form = encode(secret)
        const text = filter.text(`${before}${form}${after}`)
        expect(text).not.toContain(secret)
        expect(text.includes(form) && form.length >= 8).toBe(false)
        expect(text).toContain('[redacted]')
      }),
      { numRuns: 1_000 },
    )
  })

  test('a known value never survives in data, in values, keys or numbers', () => {
    fc.assert(
      fc.property(secrets, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...encodings), (secret, rest, encode) => {
        const form = encode(secret)
        const shown = JSON.stringify(known(secret).data({ rest, text: `see ${form}`, list: [form], deep: { [form]: [{ form }] } }))
        for (const trace of [form, JSON.stringify(form).slice(1, -1)]) expect(shown.includes(trace) && trace.length >= 8).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect(known('12345678').data({ pin: 12_345_678, count: 12_345, at: 912_345_678 })).toEqual({
      pin: '[redacted]',
      count: 12_345,
      at: '[redacted]',
    })
  })

  test('values that overlap or contain one another go together', () => {
    const filter = known('abcdefgh', 'efghijkl', 'abcdefghijklmnop')
    expect(filter.text('1 abcdefghijkl 2')).toBe('1 [redacted] 2')
    expect(filter.text('1 abcdefghijklmnop 2 abcdefgh 3')).toBe('1 [redacted] 2 [redacted] 3')
    expect(filter.text('abcdefghabcdefgh')).toBe('[redacted]')
  })

  test('values under 8 characters are not filtered by value', () => {
    expect(known('admin12', '').text('user admin12 is here')).toBe('user admin12 is here')
  })

  test('the lines of a multi-line value are known by themselves', () => {
    const filter = known('first-line-of-something\nsecond-line-of-something\n')
    expect(filter.text('log: second-line-of-something')).toBe('log: [redacted]')
  })

  test('a value learned later is known from then on', () => {
    const filter = known('first-value')
    expect(filter.text('second-value')).toBe('second-value')
    filter.add('second-value')
    expect(filter.text('first-value second-value')).toBe('[redacted] [redacted]')
  })
})

describe('what is no secret', () => {
  test.each([
    '2026-11-20T07:15:00Z INFO  listening on http://0.0.0.0:8080/',
    'time="2026-11-20T07:15:00Z" level=info msg="Loading containers: done." storage-driver=overlay2 key=abc',
    'sshd[123]: Failed password for root from 10.0.0.9 port 51234 ssh2',
    'FATAL:  password authentication failed for user "joe"',
    'Invalid password: too short',
    'error: token: expired',
    'invalid token: signature mismatch',
    'Basic authentication failed for user joe',
    'WWW-Authenticate: Bearer realm="x",resource_metadata="https://x/.well-known"',
    'Pulling from library/nginx: digest sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    '{"Id":"4f5e","Names":["/web"],"State":"running","Ports":[{"PrivatePort":80,"PublicPort":8080}],"max_tokens":2000}',
    'password_file=/run/secrets/db POSTGRES_PASSWORD_FILE=/run/secrets/db',
    'password: ${DB_PASSWORD}\ntoken: env:TOKEN\nsecret: file:/run/secrets/x\napi_key: !secret key',
    '{"token": null, "has_password": true, "next_page_token": "abc"}',
    'if (token == null) return',
    'use std::secret::Key; see secret://x and vault://y',
    'rsync -av root@nas:/data /backup; scp joe@10.0.0.4:22 x',
    'http://[::1]:8080/a@b mailto:joe@example.org',
    'GET /v1/keys?next_cursor=abc&limit=5 200 12ms',
    'pass=12 fail=0 skipped=1',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ joe@nas',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'task-runner disk-usage-with-a-very-long-name-1 sk-short',
    'Bearer authentication is required',
    'secret/my-app image registry/app-secret-manager',
    '',
    'x',
  ])('%j is left alone', (text) => {
    expect(unknowing.text(text)).toBe(text)
  })

  test('data without secrets is equal to what it was', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.stringMatching(/^[a-z]{0,9}$/), size: fc.integer(), up: fc.boolean() })), (rows) => {
        expect(unknowing.data({ rows, next_cursor: 'abc' })).toEqual({ rows, next_cursor: 'abc' })
      }),
    )
  })
})

describe('the filter as a whole', () => {
  const piece = fc.oneof(
    fc.constantFrom('password', 'token', 'DB_SECRET', 'name', 'value', 'user', '--password', 'Authorization', 'cookie', 'invalid'),
    fc.constantFrom(
      ': ',
      '=',
      ' = ',
      ':',
      '"',
      '\\"',
      "'",
      ' ',
      '\n',
      '  ',
      '- ',
      ',',
      ';',
      '&',
      '{',
      '}',
      '[',
      ']',
      '|',
      '#',
      '@',
      '://',
      '/',
    ),
    fc.constantFrom(
      'hunter2',
      '[redacted]',
      'Bearer abcdefgh1',
      'ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      '-----BEGIN PRIVATE KEY-----',
      '-----END ',
    ),
    fc.string({ maxLength: 4 }),
  )

  test('filtering twice changes nothing more', () => {
    const filter = createSecretFilter()
    filter.add('hunter2-hunter2')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.constant('hunter2-hunter2')), { maxLength: 24 }), (pieces) => {
        const once = filter.text(pieces.join(''))
        expect(filter.text(once)).toBe(once)
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    ['a', 'a'],
    ['-----BEGIN', '-----BEGIN'],
    ['-----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY-----'],
    ['eyJ', 'eyJ'],
    ['eyJ-', 'eyJ-'],
    ['token=', 'token='],
    ['password="', 'password="'],
    [String.raw`password=\"`, 'escaped quotes'],
    ['\\', 'backslashes'],
    ['a.', 'a.'],
    ['://a:', '://a:'],
    [' token: x', ' token: x'],
    ['--token ', '--token '],
    ['Bearer ', 'Bearer '],
    ['password: |\n', 'password: |'],
    ['hunter2-hunter', 'nearly a known value'],
    ['[{"password":[', 'brackets'],
    ['eyJaaaaaaaa.', 'eyJaaaaaaaa.'],
    [' ', 'spaces'],
    ['\n', 'lines'],
  ])(
    'megabytes of %j take no longer than their length',
    (unit) => {
      const filter = createSecretFilter()
      filter.add('hunter2-hunter2')
      const size = unit === 'a' || unit === '-----BEGIN' ? 10_000_000 : 1_000_000
      const text = unit.repeat(Math.ceil(size / unit.length))
      const started = performance.now()
      filter.text(text)
      filter.text(`-----BEGIN PRIVATE KEY-----\n${text}`)
      filter.text(`password: "${text}`)
      expect(performance.now() - started).toBeLessThan(15_000)
    },
    60_000,
  )
})
