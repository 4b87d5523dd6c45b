import { expect, test } from 'vitest'
import { hideInCommand } from '@rackwarden/core'
import { hideInLabel } from '../src/hide-secrets.ts'

test('values of options that name a secret are withheld, others stay', () => {
  expect(
    hideInCommand(['server', '--db-password=orchid', '--token', 'abc', '--port', '80', 'API_KEY=xyz', 'redis://u:pw@host', '-v']),
  ).toEqual([
    'server',
    '--db-password=[redacted]',
    '--token',
    '[redacted]',
    '--port',
    '80',
    'API_KEY=[redacted]',
    'redis://u:[redacted]@host',
    '-v',
  ])
})

test('a password hash in a proxy’s label is withheld', () => {
  expect(hideInLabel('traefik.http.middlewares.admin.basicauth.users', 'owner:$apr1$x')).toBe('[redacted]')
  expect(hideInLabel('traefik.http.routers.web.rule', 'Host(`web.lan`)')).toBe('Host(`web.lan`)')
})
