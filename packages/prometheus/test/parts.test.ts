import { expect, test } from 'vitest'
import { severityOf } from '../src/alert-facts.ts'
import { downsample } from '../src/downsample.ts'
import { isSelective, matchersKey, matcherText, parseMatchers } from '../src/matchers.ts'
import { hostOf } from '../src/scrape-facts.ts'
import { byValue, shortNumber } from '../src/series.ts'
import { spanSeconds, spanText } from '../src/time.ts'

test.each([
  ['a="b"', 'a="b"'],
  [' job =~ "node.*" ', 'job=~"node.*"'],
  ['severity!=info', 'severity!="info"'],
  ['x!~"a|b"', 'x!~"a|b"'],
  [String.raw`path="C:\\temp \"x\""`, String.raw`path="C:\\temp \"x\""`],
  ['empty=', 'empty=""'],
])('the matcher %s is read and written as Alertmanager reads it', (text, written) => {
  const [matcher] = parseMatchers([text])
  expect(matcher && matcherText(matcher)).toBe(written)
  expect(parseMatchers([written])).toEqual([matcher])
})

test('matchers are the same in whatever order they stand', () => {
  expect(matchersKey(parseMatchers(['a=1', 'b=2']))).toBe(matchersKey(parseMatchers(['b=2', 'a=1'])))
})

test.each([
  [true, ['a="b"']],
  [true, ['a=~"nas.*"']],
  [true, ['a=~"(?i)NAS"', 'b=~".*"']],
  [false, ['a=~"nas|.*"']],
  [false, ['a=~"[^q]?.*"']],
  [false, ['a!="b"']],
  [false, ['a=~"^.*$"']],
  [false, []],
])('that some alerts are left out for certain is %s for %j', (selective, matchers) => {
  expect(isSelective(parseMatchers(matchers))).toBe(selective)
})

test.each([
  ['nas:9100', 'nas'],
  ['[fe80::1]:9100', 'fe80::1'],
  ['fe80::1', 'fe80::1'],
  ['https://site.lan:8443/path?x=1', 'site.lan'],
  ['10.0.0.4', '10.0.0.4'],
  ['plain', 'plain'],
])('the host of %s is %s', (place, host) => expect(hostOf(place)).toBe(host))

test.each([
  ['critical', 'critical'],
  ['Page', 'critical'],
  ['warning', 'warning'],
  ['', 'warning'],
  ['purple', 'warning'],
  ['info', 'notice'],
  ['none', undefined],
])('the severity label %s means %s', (label, severity) => expect(severityOf(label)).toBe(severity))

test('spans are read and written', () => {
  expect(['90s', '1h30m', '1 h 30 m', '2d', '1w', '5', 'h', '-5m', '1.5h'].map(spanSeconds)).toEqual([
    90,
    5400,
    5400,
    172_800,
    604_800,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect([45, 1200, 5400, 90_061, 0].map(spanText)).toEqual(['45s', '20m', '1h30m', '1d1h', '0s'])
})

test('samples fall into the step they belong to, and gaps are counted', () => {
  const values: [number, string][] = [
    [0, '1'],
    [4, '3'],
    [5, '5'],
    [10, 'NaN'],
    [60, '+Inf'],
    [61, '2'],
  ]
  expect(downsample({ metric: {}, values, histograms: [] }, { start: 0, end: 70, step: 10 })).toEqual({
    min: 1,
    max: 5,
    mean: 2.75,
    last: 2,
    points: '1 4 -x4 +Inf 2',
  })
})

test('numbers keep the digits a person reads, and what is no number comes last', () => {
  expect([0.123456789, 1234.5678, 18_446_744.9].map((value) => shortNumber(value))).toEqual([0.123457, 1234.57, 18_446_745])
  expect([Number.NaN, 1, Number.POSITIVE_INFINITY, -2].toSorted(byValue)).toEqual([Number.POSITIVE_INFINITY, 1, -2, Number.NaN])
})
