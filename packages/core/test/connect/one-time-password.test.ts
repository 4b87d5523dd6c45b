import { isOneTimeSecret, oneTimePassword } from '@rackwarden/core'
import { expect, test } from 'vitest'

const secret = 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [20_000_000_000, '353130'],
])('a code is the one of RFC 6238 at %i s', async (seconds, code) => {
  expect(await oneTimePassword(secret, seconds * 1_000)).toBe(code)
  expect(await oneTimePassword(secret, (seconds - 30) * 1_000, 1)).toBe(code)
})

test.each([
  [secret, true],
  ['jbsw-y3dp-ehpk-3pxp', true],
  ['JBSWY3DPEHPK3PXP====', true],
  ['123456', false],
  ['not-the-right-one', false],
  ['', false],
  ['!', false],
])('%j is a secret of an authenticator: %s', (text, is) => {
  expect(isOneTimeSecret(text)).toBe(is)
})
