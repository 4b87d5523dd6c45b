import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { derive } from '../src/derivation.ts'
import type { Monitor } from '../src/kuma-schema.ts'
import { kept, whole } from '../src/monitor-fields.ts'
import { namesWatched } from '../src/monitor-facts.ts'
import { isSecretField, secretFields, secretsHeld, shownUrl } from '../src/withheld.ts'

const secretText = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/).map((text) => `s3cret${text}`)
const port = fc.integer({ min: 1, max: 65_535 })

test('whatever address of the web is given, it is watched by http at its host', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      const { type, fields } = derive({ url })
      expect([type, fields]).toEqual(['http', { url }])
      const { names, addresses } = namesWatched({ type, url, hostname: '', docker_container: '' } as Monitor)
      expect([...names, ...addresses]).toEqual([new URL(url).hostname])
    }),
  )
})

test('host and port are connected to, a host alone is pinged, and tcp:// says the same', () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.ipV4()), port, (host, number) => {
      expect(derive({ host })).toEqual({ type: 'ping', fields: { hostname: host } })
      const connected = { type: 'port', fields: { hostname: host, port: number } }
      expect(derive({ host, port: number })).toEqual(connected)
      expect(derive({ url: `tcp://${host}:${number}` })).toEqual(connected)
      const { names, addresses } = namesWatched({ type: 'ping', url: '', hostname: host, docker_container: '' } as Monitor)
      expect(isIP(host) > 0 ? addresses : names).toEqual([host])
    }),
  )
})

test.each([
  [{}, 'Nothing says'],
  [{ url: 'nas.lab' }, 'no address of the web'],
  [{ url: 'ftp://nas.lab' }, 'no address of the web'],
  [{ url: 'https://' }, 'no address of the web'],
  [{ url: 'http://nas.lab', host: 'nas.lab' }, 'has no host'],
  [{ host: 'nas.lab', keyword: 'x' }, 'has no keyword'],
  [{ type: 'dns' as const }, 'host is missing'],
  [{ url: 'http://nas.lab', json_path: '$' }, 'expected_value is missing'],
  [{ type: 'push' as const, host: 'nas.lab' }, 'has no host'],
  [{ port: 22 }, 'Nothing says'],
])('what does not fit together is refused: %j', (given, said) => {
  expect(() => derive(given)).toThrow(said)
})

test('no password and no secret of a query is left in an address as it is shown, and the rest stays', () => {
  fc.assert(
    fc.property(
      fc.domain(),
      secretText,
      secretText,
      fc.constantFrom('token', 'api_key', 'apikey', 'password', 'X-Auth-Token'),
      (host, first, second, name) => {
        const shown = shownUrl(`https://user:${first}@${host}/path?page=2&${name}=${second}#end`)
        expect(shown).not.toContain(first)
        expect(shown).not.toContain(second)
        expect(shown).toContain(`${host}/path?page=2&`)
        expect(shownUrl(`https://${host}/path?page=2`)).toBe(`https://${host}/path?page=2`)
      },
    ),
  )
})

test('what is kept of a monitor shows no secret field, and is the same when it is put together', () => {
  const bean = fc.record({
    id: fc.nat(),
    name: fc.string(),
    type: fc.constant('http'),
    active: fc.boolean(),
    url: fc.webUrl(),
    conditions: fc.array(fc.string()),
    ...Object.fromEntries([...secretFields].map((name) => [name, fc.option(secretText)])),
  })
  fc.assert(
    fc.property(bean, (given) => {
      const { fields, secret } = kept(given)
      expect(Object.keys(fields).filter(isSecretField)).toEqual([])
      expect(JSON.stringify(fields)).not.toContain('s3cret')
      const { id: _, ...rest } = given
      expect(whole({ fields, secret })).toEqual(rest)
      expect(secretsHeld(given)).toEqual([...secretFields].filter((name) => (given as Record<string, unknown>)[name] !== null).toSorted())
    }),
  )
})

test('a field a later version adds is judged by its name', () => {
  expect(['fooPassword', 'bar_token', 'someSecret', 'apiKey'].every(isSecretField)).toBe(true)
  expect(['keyword', 'name', 'authMethod', 'url', 'oauth_token_url'].some(isSecretField)).toBe(false)
})
