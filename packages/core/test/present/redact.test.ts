import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'
import { isSecretName } from '../../src/present/secret-name.ts'

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

describe('names', () => {
  test.each(
    `password Passwd db_password DB_PASSWORD dbPassword adminPassword2 passphrase pwd secret client_secret clientSecret token
    access_token X-Auth-Token apiToken PVEAPIToken api_key apikey apiKey X-API-Key private_key privateKey secret_access_key Authorization
    proxy-authorization cookie Set-Cookie credential credentials jwt wpa_psk SMTP_PASS encryption_key client-key-data password_hash
    token_value spring.datasource.password secret_key_base64 rootpassword`.split(/\s+/),
  )('%s names a secret', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  test.each(
    `next_cursor token_count tokens max_tokens secret_name secretName password_file PASSWORD_FILE token_type token_expires_at public_key
    primary_key key keys next_page_token continuation_token author authority pass bypass compass passed keyboard monkey tokenizer
    secrets imagePullSecrets cookie_domain password_policy authorization_url auth_method key_id access_key_id passthrough id name`.split(/\s+/),
  )('%s names none', (name) => {
    expect(isSecretName(name, 'text')).toBe(false)
  })
})

describe('values under secret names', () => {
  test.each([
    ['{"password": "hunter2", "user": "joe"}', '{"password": "[redacted]", "user": "joe"}'],
    [String.raw`{"a":"{\"password\":\"hun\\\"ter2\",\"b\":1}"}`, String.raw`{"a":"{\"password\":\"[redacted]\",\"b\":1}"}`],
    [String.raw`{"token":"a\"b c","b":1}`, '{"token":"[redacted]","b":1}'],
    ['{"api_key":12345,"b":1}', '{"api_key":[redacted],"b":1}'],
    ['{"credentials": {"user": "joe", "password": "x1"}}', '{"credentials": {"user": "joe", "password": "[redacted]"}}'],
    ['{"tokens_left": 3, "passwords": ["one", "two"]}', '{"tokens_left": 3, "passwords": [[redacted]]}'],
    ["{'password': 'hunter2'}", "{'password': '[redacted]'}"],
    ['password: hunter2', 'password: [redacted]'],
    ['  - password: my pass phrase # old\n  user: joe', '  - password: [redacted] # old\n  user: joe'],
    ['db:\n  password: |\n    one\n    two\n  user: joe', 'db:\n  password: |\n    [redacted]\n  user: joe'],
    ['{user: joe, password: hunter2}', '{user: joe, password: [redacted]}'],
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['export DB_PASSWORD=hunter2 more', 'export DB_PASSWORD=[redacted]'],
    ['docker run -e DB_PASSWORD=hunter2 -p 80:80 nginx', 'docker run -e DB_PASSWORD=[redacted] -p 80:80 nginx'],
    ['["A=1","DB_PASSWORD=two words","B=2"]', '["A=1","DB_PASSWORD=[redacted]","B=2"]'],
    ['password = "hunter2"', 'password = "[redacted]"'],
    ['password = hunter 2\nuser = joe', 'password = [redacted]\nuser = joe'],
    ['token      = "abc" # x', 'token      = "[redacted]" # x'],
    ['curl --password hunter2 -v', 'curl --password [redacted] -v'],
    ["curl --token=abc --password 'a b' x", "curl --token=[redacted] --password '[redacted]' x"],
    ['["--password", "hunter2", "-v"]', '["--password", "[redacted]", "-v"]'],
    ['GET /api?token=abc123&page=2', 'GET /api?token=[redacted]&page=2'],
    ['Server=db;Password=p4ss;Database=x', 'Server=db;Password=[redacted];Database=x'],
    ['Authorization: Digest username="joe"', 'Authorization: [redacted]"joe"'],
    ['curl -H "Authorization: token abc" http://x', 'curl -H "Authorization: [redacted]" http://x'],
    ['Cookie: session=abc; theme=dark', 'Cookie: [redacted]'],
    ['login with password: hunter2 failed', 'login with password: [redacted] failed'],
    ['- name: DB_PASSWORD\n  value: hunter2', '- name: DB_PASSWORD\n  value: [redacted]'],
    ['{"name":"DB_PASSWORD","value":"hunter2"}', '{"name":"DB_PASSWORD","value":"[redacted]"}'],
    ['password="unfinished', 'password="[redacted]'],
    ['"auth": "dXNlcjpwYXNzd29yZA=="', '"auth": "dXNlcjpwYXNzd29yZA=="'],
  ])('%j', (text, expected) => {
    expect(unknowing.text(text)).toBe(expected)
    expect(unknowing.text(expected)).toBe(expected)
  })

  test('strings under a secret name are withheld in data, through lists, and nothing else changes', () => {
    const input = {
      user: 'joe',
      password: 'x',
      tokens: ['a', 'b'],
      max_tokens: 2_000,
      token: null,
      secret: { name: 'db', data: { db_password: 'y', size: 3 } },
      env: [
        { name: 'DB_PASSWORD', value: 'z' },
        { name: 'DB_USER', value: 'joe' },
      ],
      command: ['run', '--password', 'w', '--user', 'joe', '--token=v'],
      passwordRef: 'env:NAME',
      api_key: 'env:NAME',
      enabled: true,
      at: new Date(0),
      auth: 'dXNlcjpwYXNzd29yZA==',
    }
    const copy = structuredClone(input)
    expect(unknowing.data(input)).toEqual({
      ...input,
      password: '[redacted]',
      tokens: ['[redacted]', '[redacted]'],
      secret: { name: 'db', data: { db_password: '[redacted]', size: 3 } },
      env: [
        { name: 'DB_PASSWORD', value: '[redacted]' },
        { name: 'DB_USER', value: 'joe' },
      ],
      command: ['run', '--password', '[redacted]', '--user', 'joe', '--token=[redacted]'],
      auth: '[redacted]',
    })
    expect(input).toEqual(copy)
  })

  test('a key that would change the prototype stays a key', () => {
    const shown = unknowing.data(JSON.parse('{"__proto__": {"password": "x"}}')) as object
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"password":"[redacted]"}}')
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype)
  })
})

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
    [`${pem.slice(0, 90)}`, '[redacted]'],
    [`a\n${pem}\nb\n${pem}\nc`, 'a\n[redacted]\nb\n[redacted]\nc'],
  ])('%j', (text, expected) => {
    expect(unknowing.text(text)).toBe(expected)
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
    fc.constantFrom(': ', '=', ' = ', ':', '"', '\\"', "'", ' ', '\n', '  ', '- ', ',', ';', '&', '{', '}', '[', ']', '|', '#', '@', '://', '/'),
    fc.constantFrom('hunter2', '[redacted]', 'Bearer abcdefgh1', 'ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '-----BEGIN PRIVATE KEY-----', '-----END '),
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
  ])('10 MB of %j take no longer than their length', (unit) => {
    const filter = createSecretFilter()
    filter.add('hunter2-hunter2')
    const text = unit.repeat(Math.ceil(10_000_000 / unit.length))
    const started = performance.now()
    filter.text(text)
    expect(performance.now() - started).toBeLessThan(15_000)
  }, 60_000)
})
