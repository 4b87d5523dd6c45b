import { writeFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseFingerprint } from '../../src/connect/tls.ts'
import { createCertificate, type TestCertificate } from '../../src/testing/certificate.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect, directory, serve } from './loopback.ts'

/** A TLS server that counts what it was asked. */
async function secured(certificate: TestCertificate, options: ServerOptions = {}) {
  let asked = 0
  const server = createServer({ key: certificate.key, cert: certificate.certificate, ...options })
  const { port, connections } = await serve((_, response) => {
    asked++
    response.end('secret answer')
  }, server)
  return { url: `https://127.0.0.1:${port}`, port, connections, asked: () => asked }
}

test('a test certificate is one that node:crypto reads and vouches for', () => {
  const { certificate, fingerprint } = createCertificate({ hosts: ['nas.lan', '127.0.0.1'] })
  const parsed = new X509Certificate(certificate)
  expect(parsed.fingerprint256).toBe(fingerprint)
  expect(parsed.subjectAltName).toBe('DNS:nas.lan, IP Address:127.0.0.1')
  expect(parsed.verify(parsed.publicKey)).toBe(true)
  expect(parsed.checkHost('nas.lan')).toBe('nas.lan')
})

test('an unvouched certificate is refused before anything is sent, with the exact line to add', async () => {
  const certificate = createCertificate()
  const { url, asked } = await secured(certificate)
  const error = await failure(connect({ url }).fetch('/', { headers: { authorization: 'Bearer x' } }))
  expect(error.code).toBe('unreachable')
  expect(error.message).toBe(`The certificate of ${url} is not accepted: it is signed by nobody but itself. Nothing was sent.`)
  expect(error.hint).toContain(`tlsFingerprint: "SHA256:${certificate.fingerprint}"`)
  expect(asked()).toBe(0)
})

test('the pinned certificate is accepted in every way of writing it, and another is refused', async () => {
  const certificate = createCertificate({ hosts: ['other.invalid'] })
  const { url, asked } = await secured(certificate)
  const digits = certificate.fingerprint.replaceAll(':', '')
  for (const tlsFingerprint of [certificate.fingerprint, `SHA256:${certificate.fingerprint}`, digits.toLowerCase(), `sha256:${digits}`])
    expect(await (await connect({ url, tlsFingerprint }).fetch('/')).text()).toBe('secret answer')
  const before = asked()
  const error = await failure(connect({ url, tlsFingerprint: createCertificate().fingerprint }).fetch('/'))
  expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('another certificate than the pinned one') })
  expect(error.hint).toContain(`tlsFingerprint: "SHA256:${certificate.fingerprint}"`)
  expect(asked()).toBe(before)
  expect(() => parseFingerprint('SHA256:abc')).toThrow(/not a SHA-256 fingerprint/)
})

test('several pins are each as good, and the refusal shows those that were expected beside the one that was shown', async () => {
  const [shown, first, second] = [createCertificate(), createCertificate(), createCertificate()]
  const { url } = await secured(shown)
  const pins = (...certificates: readonly TestCertificate[]) => certificates.map(({ fingerprint }) => `SHA256:${fingerprint}`).join(', ')
  expect(await (await connect({ url, tlsFingerprint: pins(first, shown) }).fetch('/')).text()).toBe('secret answer')
  const error = await failure(connect({ url, tlsFingerprint: pins(first, second) }).fetch('/'))
  expect(error.message).toContain(
    `expected SHA256:${first.fingerprint} or SHA256:${second.fingerprint}, got SHA256:${shown.fingerprint}. Nothing was sent.`,
  )
  expect(error.hint).toContain(`tlsFingerprint: "SHA256:${shown.fingerprint}"`)
})

test('what is trusted at one address of a target is trusted at its others, and nowhere else', async () => {
  const certificate = createCertificate({ hosts: ['localhost', '127.0.0.1'] })
  const { port } = await secured(certificate)
  const other = `https://localhost:${port}`
  const given = { url: 'https://127.0.0.1:1', tlsFingerprint: certificate.fingerprint }
  expect(await (await connect({ ...given, otherUrls: `https://elsewhere.invalid, ${other}/` }).fetch(`${other}/x`)).text()).toBe(
    'secret answer',
  )
  expect(await failure(connect(given).fetch(`${other}/x`))).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('is not accepted'),
  })
})

test('only the fingerprint counts where there is one: neither authority nor insecure lets another certificate in', async () => {
  const certificate = createCertificate()
  const { url } = await secured(certificate)
  const connection = connect({ url, tlsFingerprint: createCertificate().fingerprint, tlsCa: certificate.certificate, tlsInsecure: true })
  expect(await failure(connection.fetch('/'))).toMatchObject({ code: 'unreachable' })
  expect(connection.warnings).toEqual([])
})

test('an authority is trusted, as PEM text or as a file, for the names in the certificate only', async () => {
  const certificate = createCertificate()
  const { url, port } = await secured(certificate)
  expect(await (await connect({ url, tlsCa: certificate.certificate }).fetch('/')).text()).toBe('secret answer')
  const path = join(await directory(), 'ca.pem')
  await writeFile(path, certificate.certificate)
  expect(await (await connect({ url: `tcp://localhost:${port}`, tlsCa: path }).fetch('/')).text()).toBe('secret answer')
  const foreign = createCertificate({ hosts: ['elsewhere.invalid'] })
  const other = await secured(foreign)
  expect(await failure(connect({ url: other.url, tlsCa: foreign.certificate }).fetch('/'))).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('made out to other names'),
  })
})

test('an expired certificate is refused by name', async () => {
  const certificate = createCertificate({ validUntil: new Date(Date.now() - 86_400_000) })
  const { url } = await secured(certificate)
  expect((await failure(connect({ url, tlsCa: certificate.certificate }).fetch('/'))).message).toContain('it has expired')
})

test('insecure accepts any certificate and warns once, when the connection is made', async () => {
  const { url } = await secured(createCertificate({ hosts: ['elsewhere.invalid'] }))
  const connection = connect({ url, tlsInsecure: true })
  expect(connection.warnings).toHaveLength(1)
  expect(await (await connection.fetch('/')).text()).toBe('secret answer')
  expect(await (await connection.fetch('/')).text()).toBe('secret answer')
  expect(connection.warnings).toEqual([expect.stringContaining(url)])
})

test('what is trusted for the configured host is not trusted for another', async () => {
  const { port } = await secured(createCertificate())
  const connection = connect({ url: `https://localhost:${port}`, tlsInsecure: true })
  expect((await connection.fetch('/')).status).toBe(200)
  expect(await failure(connection.fetch(`https://127.0.0.1:${port}/`))).toMatchObject({ code: 'unreachable' })
})

test('a client certificate is shown to a server that asks for it', async () => {
  const [server, client] = [createCertificate(), createCertificate({ hosts: ['client'] })]
  const { url } = await secured(server, { requestCert: true, rejectUnauthorized: true, ca: client.certificate })
  const trusted = { url, tlsCa: server.certificate }
  expect(await (await connect({ ...trusted, tlsCertificate: client.certificate, tlsKey: client.key }).fetch('/')).text()).toBe(
    'secret answer',
  )
  expect(await failure(connect(trusted).fetch('/'))).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('tlsCertificate') })
})

test('a file that cannot be read and a key that does not fit name their field', async () => {
  const url = 'https://127.0.0.1:1'
  const [one, two] = [createCertificate(), createCertificate()]
  const missing = join(await directory(), 'none.pem')
  expect(await failure(connect({ url, tlsCa: missing }).fetch('/'))).toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('tlsCa'),
  })
  expect(await failure(connect({ url, tlsKey: one.key }).fetch('/'))).toMatchObject({
    code: 'invalid_config',
    message: 'tlsKey is set alone.',
  })
  expect(await failure(connect({ url, tlsCertificate: one.certificate, tlsKey: two.key }).fetch('/'))).toMatchObject({
    code: 'invalid_config',
  })
  const garbled = await failure(
    connect({ url, tlsCertificate: one.certificate, tlsKey: '-----BEGIN PRIVATE KEY-----\nsecret\n' }).fetch('/'),
  )
  expect(garbled).toMatchObject({ code: 'invalid_config', message: expect.stringContaining('tlsKey') })
  expect(garbled.cause).toBeUndefined()
})

test('a plain server where TLS is expected is told so', async () => {
  const { port } = await serve((_, response) => void response.end(), createPlainServer())
  expect(await failure(connect({ url: `https://127.0.0.1:${port}`, tlsInsecure: true }).fetch('/'))).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('does not speak TLS'),
  })
})

test('a kept-alive TLS socket is used again', async () => {
  const certificate = createCertificate()
  const { url, connections } = await secured(certificate)
  const { fetch } = connect({ url, tlsFingerprint: certificate.fingerprint })
  for (let count = 0; count < 10; count++) await (await fetch('/')).text()
  expect(connections()).toBeLessThanOrEqual(2)
})
