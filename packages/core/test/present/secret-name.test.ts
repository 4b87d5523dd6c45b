import { describe, expect, test } from 'vitest'
import { createSecretFilter } from '../../src/present/redact.ts'
import { isSecretName } from '../../src/present/secret-name.ts'

const unknowing = createSecretFilter()

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
    secrets imagePullSecrets cookie_domain password_policy authorization_url auth_method key_id access_key_id passthrough id name`.split(
      /\s+/,
    ),
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
    ['PWD=/srv/app\nOLDPWD=/\nDB_PWD=/srv-9x', 'PWD=/srv/app\nOLDPWD=/\nDB_PWD=[redacted]'],
    ['PWD=hunter2', 'PWD=[redacted]'],
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
    ['"auth": "dXNlcjpwYXNzd29yZA=="', '"auth": "[redacted]"'],
    ['"auth": "required-by-proxy"', '"auth": "required-by-proxy"'],
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
