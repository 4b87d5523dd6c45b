import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHostLine, itemPath, linesOf, parseCnameLine, parseHostLine, recordsOf, without } from '../src/records.ts'
import { isUnnameable } from '../src/path-segment.ts'
import { questionName, resolverAddress } from '../src/resolver.ts'
import { openFtl } from './pair.ts'

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/)
const hostName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((text) => !text.includes('.')),
)
const comment = fc.stringMatching(/^[\w][\w #.:%?&-]{0,20}[\w]$/)
const hostLine = fc.record(
  { address, names: fc.uniqueArray(hostName, { minLength: 1, maxLength: 4 }), comment },
  { requiredKeys: ['address', 'names'] },
)

describe('a line of the local hosts', () => {
  test('is read as it is written, with all its names and what stands behind them', () => {
    fc.assert(
      fc.property(hostLine, (line) => {
        expect(parseHostLine(formatHostLine(line))).toEqual(line)
      }),
    )
  })

  test('is read whatever lies between its parts', () => {
    expect(parseHostLine('  10.0.0.5\t nas.lan   files.lan # the big one # old')).toEqual({
      address: '10.0.0.5',
      names: ['nas.lan', 'files.lan'],
      comment: 'the big one # old',
    })
  })

  test.each(['', '#', '# 10.0.0.5 nas', '10.0.0.5', 'nas.lan 10.0.0.5', '999.0.0.1 nas'])('that is %j is none', (line) => {
    expect(parseHostLine(line)).toBeUndefined()
  })

  test('never makes the reading fail, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        expect(recordsOf({ hosts: lines, cnames: lines })).toBeInstanceOf(Array)
      }),
    )
  })
})

test('an alias is read with several names and a time to live', () => {
  expect(parseCnameLine('a.lan, b.lan,nas.lan,300')).toEqual({ names: ['a.lan', 'b.lan'], target: 'nas.lan', ttl: '300' })
  expect(parseCnameLine('nas.lan')).toBeUndefined()
  expect(parseCnameLine(',nas.lan')).toBeUndefined()
})

test('the path of an item is one segment that leads back to the item, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (line) => {
      fc.pre(!isUnnameable(line))
      const { pathname, search, hash } = new URL(itemPath('hosts', line), 'http://pi.hole')
      const segments = pathname.split('/')
      expect([segments.length, search, hash]).toEqual([6, '', ''])
      expect(decodeURIComponent(segments[5] ?? '')).toBe(line)
    }),
  )
  expect(itemPath('hosts', '10.0.0.5 nas.lan')).toBe('/api/config/dns/hosts/10.0.0.5%20nas.lan')
})

test.each(['.', '..'])('an item that is %j can be named by no path, and is refused before it leads elsewhere', (item) => {
  expect(() => itemPath('hosts', item)).toThrow('cannot be named')
})

test('taking a name out leaves every other record as it was', () => {
  fc.assert(
    fc.property(fc.array(hostLine, { maxLength: 6 }), hostName, (lines, picked) => {
      const hosts = lines.map(formatHostLine)
      const name = lines[0]?.names[0] ?? picked
      const rest = without(name, { hosts, cnames: [] })
      const keys = (given: readonly string[]) => recordsOf({ hosts: given, cnames: [] }).filter((record) => record.name !== name)
      expect(keys(rest.hosts)).toEqual(keys(hosts))
      expect(linesOf([name], rest).hosts).toEqual([])
    }),
  )
})

test('a line that no path can hold is written with the whole', async () => {
  const { ftl, open } = openFtl({ hosts: ['10.0.0.5 nas.lan # rack 1/2', '10.0.0.6 attic.lan'] })
  const none = { hosts: [], cnames: [] }
  await (
    await open()
  ).changeLines({ ...none, hosts: ['10.0.0.7 nas.lan'] }, { ...none, hosts: ['10.0.0.5 nas.lan # rack 1/2'] }, new AbortController().signal)
  expect(ftl.hosts).toEqual(['10.0.0.6 attic.lan', '10.0.0.7 nas.lan'])
})

test('where DNS is asked is read with and without a port, and from the url where nothing is said', () => {
  expect(resolverAddress({ url: 'http://pi.lan:8080' })).toEqual({ host: 'pi.lan', port: 53 })
  expect(resolverAddress({ url: 'http://[fd00::2]/' })).toEqual({ host: 'fd00::2', port: 53 })
  expect(resolverAddress({ url: 'http://pi.lan', dns: '10.0.0.2:5353' })).toEqual({ host: '10.0.0.2', port: 5353 })
  expect(resolverAddress({ dns: 'fd00::2' })).toEqual({ host: 'fd00::2', port: 53 })
  expect(() => resolverAddress({ dns: 'pi.lan:99999' })).toThrow('no address')
})

test('an address is asked for by its name in the reverse zones', () => {
  expect(questionName('10.20.0.11', 'PTR')).toBe('11.0.20.10.in-addr.arpa')
  expect(questionName('fd00::11', 'PTR')).toBe('1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa')
  expect(questionName('nas.lan', 'PTR')).toBe('nas.lan')
})
