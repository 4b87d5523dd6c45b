import * as fc from 'fast-check'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { forwardedElements } from '../src/http/forwarded.ts'
import { addressIn, createSenderOf } from '../src/http/sender.ts'

/** A request as it came from an address. */
function from(remoteAddress: string, headers: IncomingHttpHeaders = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage
}

const proxy = '10.0.0.2'
const behindProxy = createSenderOf([proxy])

describe('who sent a request', () => {
  test('is whoever is connected, where no proxy is trusted', () => {
    const sender = createSenderOf([])(from('::ffff:203.0.113.9', { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example' }))
    expect(sender).toEqual({ address: '203.0.113.9', hosts: [] })
  })

  test('is the one a trusted proxy names, with the host and protocol it says', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'lab.example', 'x-forwarded-proto': 'https' }
    expect(behindProxy(from(proxy, headers))).toEqual({ address: '203.0.113.9', hosts: ['lab.example'], protocol: 'https' })
    const standard = { forwarded: 'for="[2001:db8::7]:4711";host=lab.example;proto=https' }
    expect(behindProxy(from(proxy, standard))).toEqual({ address: '2001:db8::7', hosts: ['lab.example'], protocol: 'https' })
  })

  test('is the last one a trusted proxy names: what stands before it was written by anybody', () => {
    expect(behindProxy(from(proxy, { 'x-forwarded-for': '127.0.0.1, 10.0.0.2, 203.0.113.9' })).address).toBe('203.0.113.9')
    const two = createSenderOf([proxy, '172.18.0.0/16'])
    expect(two(from(proxy, { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 172.18.0.3' })).address).toBe('203.0.113.9')
  })

  test.each([
    ['a header a proxy does not write, and a client did', { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=127.0.0.1' }],
    ['no address', { 'x-forwarded-for': 'unknown' }],
    ['a name', { forwarded: 'for=_hidden' }],
    ['a header that is none', { forwarded: 'for="1.2.3.4' }],
    ['one parameter twice', { forwarded: 'for=1.2.3.4;for=5.6.7.8' }],
    ['nothing', {}],
  ])('is the proxy itself where it tells %s', (_, headers) => {
    expect(behindProxy(from(proxy, headers)).address).toBe(proxy)
  })

  test.each([
    ['loopback', '127.8.8.8', true],
    ['loopback', '::1', true],
    ['loopback', '::ffff:127.0.0.1', true],
    ['loopback', '10.0.0.1', false],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::ffff:10.0.0.2', '10.0.0.2', true],
  ])('with %s trusted, %s is: %s', (entry, address, isTrusted) => {
    const { address: found } = createSenderOf([entry])(from(address, { 'x-forwarded-for': '203.0.113.9' }))
    expect(found === '203.0.113.9').toBe(isTrusted)
  })

  test('is found behind a thousand proxies', () => {
    const chain = ['203.0.113.9', ...Array.from({ length: 1000 }, (_, index) => `172.18.${index % 250}.${index % 200}`)]
    expect(createSenderOf([proxy, '172.18.0.0/16'])(from(proxy, { 'x-forwarded-for': chain.join(', ') })).address).toBe('203.0.113.9')
  })
})

const address = fc.oneof(fc.ipV4(), fc.ipV6())
const anything = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), address, fc.constantFrom('unknown', '_x', '"', 'for=', ',', ';'))

test('whatever a client writes, it cannot pass for another than the proxy saw', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 30 }), fc.ipV4(), (lies, client) => {
      fc.pre(client !== proxy)
      // The proxy appends what it saw.
      const headers = { 'x-forwarded-for': [...lies.map((lie) => lie.replaceAll(/[\r\n]/g, '')), client].join(', ') }
      expect(behindProxy(from(proxy, headers)).address).toBe(client)
    }),
  )
})

test('whatever a client writes, nothing is believed that no proxy wrote', () => {
  fc.assert(
    fc.property(anything, anything, anything, fc.ipV4(), (chain, standard, host, client) => {
      fc.pre(client !== proxy)
      const headers = { 'x-forwarded-for': chain, forwarded: standard, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' }
      expect(behindProxy(from(client, headers))).toEqual({ address: client, hosts: [] })
    }),
  )
})

test('a header of any text gives an address or the proxy, and never fails', () => {
  fc.assert(
    fc.property(anything, anything, (chain, standard) => {
      const { address: found } = behindProxy(from(proxy, { 'x-forwarded-for': chain, forwarded: standard }))
      expect(addressIn(found)).toBe(found)
    }),
  )
})

test('an address is found with and without port and brackets', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: 65_535 }), (text, port) => {
      const bare = addressIn(text)
      expect(bare).toBeDefined()
      expect(addressIn(text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`)).toBe(bare)
      expect(addressIn(`[${text}]`)).toBe(bare)
    }),
  )
})

test('a Forwarded header reads as it was written', () => {
  const token = fc.stringMatching(/^[\w.-]{1,12}$/)
  const quotable = fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll(/[\r\n]/g, ''))
  fc.assert(
    fc.property(fc.array(fc.record({ for: quotable, host: token, proto: token }), { minLength: 1, maxLength: 20 }), (elements) => {
      const text = elements
        .map((one) => `For="${one.for.replaceAll(/["\\]/g, String.raw`\$&`)}";host=${one.host};by=x;PROTO=${one.proto}`)
        .join(', ')
      expect(forwardedElements(text)).toEqual(elements)
    }),
  )
})
