import { expect, test } from 'vitest'
import { failureOf } from '../../src/connect/failure.ts'

const engine = { name: 'the socket /run/engine.sock', socketPath: '/run/engine.sock', connectTimeoutMs: 1_000 }
const nas = { name: 'https://nas.lan', connectTimeoutMs: 1_000 }

test.each([
  ['EACCES', engine, 'unreachable', 'may not open', 'group that owns it'],
  ['ENOENT', engine, 'unreachable', 'no socket at /run/engine.sock', 'running'],
  ['ECONNREFUSED', engine, 'unreachable', 'Nothing listens', 'running'],
  ['ENOTFOUND', nas, 'unreachable', 'does not resolve', 'spelling'],
  ['EHOSTUNREACH', nas, 'unreachable', 'no route', 'network'],
  ['ECONNRESET', nas, 'unreachable', 'closed the connection', 'client certificate'],
  ['UND_ERR_CONNECT_TIMEOUT', nas, 'timeout', 'within 1000 ms', 'firewall'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', nas, 'unreachable', 'ended the TLS handshake', 'tlsCertificate'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', nas, 'unreachable', 'refused the client certificate', 'tlsKey'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', nas, 'unreachable', 'TLS handshake', 'TLS 1.2'],
  ['HPE_INVALID_CONSTANT', nas, 'upstream', 'not HTTP', 'port'],
] as const)('%s is told in words, with what to do', (code, place, expected, message, hint) => {
  const cause = Object.assign(new Error('token=s3cr3t'), { code })
  const error = failureOf(new TypeError('wrapped', { cause }), place)
  expect(error).toMatchObject({ code: expected, message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  expect(error.message).not.toContain('s3cr3t')
  expect((error.cause as Error).cause).toBe(cause)
})

test('a failure nobody foresaw is the upstream, without its text', () => {
  expect(failureOf(new Error('token=s3cr3t'), nas).message).toBe('The exchange with https://nas.lan failed.')
})
