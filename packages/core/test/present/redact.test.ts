import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'

const unknowing = createSecretFilter()

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
  test('leaves who called as it is, and no token beside it', () => {
    const filter = createSecretFilter()
    expect(filter.data({ principal: 'token:laptop' })).toEqual({ principal: 'token:laptop' })
    expect(JSON.stringify(filter.data({ line: 'token:hunter2hunter2', principal: 'token: hunter2hunter2' }))).not.toContain('hunter2')
  })

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
    ['auth:', 'auth:'],
    ['curl ', 'curl '],
    ['mysql -p', 'mysql -p'],
    ['$2', 'dollars'],
    ['abcdefghijklmnopqrstu\n', 'folded lines'],
    ['name="key" ', 'names'],
    ['<password ', 'tags'],
    ['echo a:b', 'echo a:b'],
    ['!aaaaaaaa-aaaa-', '!aaaaaaaa-aaaa-'],
    ['bot1234567890:AA', 'bot1234567890:AA'],
    ['ghs_a_eyJaaaaaaaa.', 'ghs_a_eyJaaaaaaaa.'],
    ['&sig=', '&sig='],
    [':5432:a:b:', ':5432:a:b:'],
    ['a1Q~', 'a1Q~'],
    ['Private-Lines: 1\nA', 'Private-Lines'],
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
