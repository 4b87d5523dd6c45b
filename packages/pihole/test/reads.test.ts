import { createConnection } from '@rackwarden/core/runtime'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SimulatedPihole } from '../src/index.ts'
import { createResolver } from '../src/resolver.ts'
import { instanceOf } from '../src/simulate.ts'
import { SimulatedFtl } from '../src/simulation/ftl.ts'
import { openProcess, steppedClock } from './mirror-lab.ts'
import { alike, carriedOut, openFtl, openLab } from './pair.ts'

const { signal } = new AbortController()

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'rackwarden-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('twenty thousand records of a pair are told though one is slow, which is named', async () => {
  const hosts = Array.from(
    { length: 20_000 },
    (_, index) => `10.${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255} host-${index}.lan`,
  )
  const own = alike({ hosts }).instances['primary'] as SimulatedPihole
  const [fast, slow] = [instanceOf(new SimulatedFtl(own)), instanceOf(new SimulatedFtl(own))]
  const { connection } = slow.instance
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  let asked = () => undefined as void
  const wasAsked = new Promise<void>((resolve) => (asked = resolve))
  const fetch = connection.fetch.bind(connection)
  connection.fetch = async (target, options) => {
    if (target === '/api/auth') return fetch(target, options)
    asked()
    return new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('left')), { once: true }))
  }
  const clock = steppedClock()
  const { call, close } = openProcess(directory(), { primary: fast.instance, secondary: slow.instance }, { clock })
  onTestFinished(close)
  const before = clock.waiting
  const listing = call('list_records', { text: 'host-1999', limit: 500 })
  await wasAsked
  while (clock.waiting === before) await new Promise((resolve) => setImmediate(resolve))
  clock.pass(3_000)
  const listed = await listing
  expect(listed).toMatchObject({
    output: { total: 11, unanswered: [{ instance: 'secondary', error: expect.stringContaining('no answer within 3 s of the first') }] },
  })
})

test('a name both of the pair have is one asset, and one that differs is two', async () => {
  const made = ['primary', 'secondary'].map((name, index) => {
    const own = alike({ hosts: ['10.20.0.11 nas.lan', `10.20.0.${index} odd.lan`] }).instances['primary'] as SimulatedPihole
    return [name, instanceOf(new SimulatedFtl(own)).instance] as const
  })
  const { call, close } = openProcess(directory(), Object.fromEntries(made), { prefixed: true })
  onTestFinished(close)
  expect(await call('find_asset', { query: 'nas.lan' })).toMatchObject({ output: { assets: [{ target: 'pihole/record/nas.lan' }] } })
  expect(await call('find_asset', { query: 'odd.lan' })).toMatchObject({
    output: { assets: [{ addresses: '10.20.0.0' }, { addresses: '10.20.0.1' }] },
  })
})

test('twenty thousand records that are alike are merged, paged and compared', async () => {
  const hosts = Array.from({ length: 20_000 }, (_, index) => `10.20.${index >> 8}.${index & 255} host-${index}.lan`)
  const lab = await openLab(alike({ hosts }))
  const first = await lab.call('list_records', { limit: 500 })
  expect(first).toMatchObject({ output: { total: 20_000, next_cursor: '500' } })
  const last = await lab.call('list_records', { limit: 500, cursor: '19999' })
  expect(last).toMatchObject({ output: { records: [{ on: 'all' }] } })
  expect(await lab.call('diff_instances')).toMatchObject({ output: { differences: [], compared: ['primary', 'secondary'] } })
})

describe('a lookup', () => {
  test('tells who answers what, aliases followed and blocked names as they are answered', async () => {
    const world = alike({ cnames: ['media.lan,nas.lan'], domains: [{ domain: 'ads.example', type: 'deny', kind: 'exact' }] })
    const secondary = world.instances['secondary'] as SimulatedPihole
    const lab = await openLab({
      instances: { ...world.instances, secondary: { ...secondary, hosts: ['10.20.0.12 nas.lan'] } },
    })
    expect(await lab.call('lookup', { name: 'media.lan' })).toMatchObject({
      output: {
        answers: [
          { on: 'primary', rcode: 'NOERROR', records: 'A 10.20.0.11, CNAME nas.lan' },
          { on: 'secondary', rcode: 'NOERROR', records: 'A 10.20.0.12, CNAME nas.lan' },
        ],
      },
    })
    expect(await lab.call('lookup', { name: 'ads.example' })).toMatchObject({ output: { answers: [{ on: 'all', records: 'A 0.0.0.0' }] } })
    expect(await lab.call('lookup', { name: 'nobody.example', type: 'AAAA' })).toMatchObject({
      output: { answers: [{ on: 'all', rcode: 'NXDOMAIN', records: '(none)' }] },
    })
  })

  test('takes what is too long for a datagram over a stream', async () => {
    const { connection } = openFtl({ internet: { 'long.example': { TXT: Array.from({ length: 9 }, () => 'x'.repeat(200)) } } })
    let dialled = 0
    const counting = {
      ...connection,
      dial: async (target: Parameters<typeof connection.dial>[0]) => {
        dialled += 1
        return connection.dial(target)
      },
    }
    const resolver = createResolver(counting, { host: 'pi', port: 53 })
    expect((await resolver.ask('nas.lan', 'A', signal)).records).toEqual(['A 10.20.0.11'])
    expect(dialled).toBe(0)
    expect((await resolver.ask('long.example', 'TXT', signal)).records).toHaveLength(9)
    expect(dialled).toBe(1)
  })

  test('asks by stream alone where the way carries no datagrams', async () => {
    const { connection } = openFtl()
    const tunnelled = { ...connection }
    delete tunnelled.datagram
    expect((await createResolver(tunnelled, { host: 'pi', port: 53 }).ask('nas.lan', 'A', signal)).records).toEqual(['A 10.20.0.11'])
  })

  test('goes over real sockets, and says where nobody listens or what listens is no DNS', async () => {
    const nonsense = createSocket('udp4', (bytes, from) =>
      nonsense.send(Buffer.concat([bytes.subarray(0, 2), Buffer.alloc(10, 255)]), from.port, from.address),
    )
    nonsense.bind(0, '127.0.0.1')
    await once(nonsense, 'listening')
    onTestFinished(() => void nonsense.close())
    const connection = createConnection({ timeoutMs: 1_000 }, { log: () => undefined })
    const at = (port: number) => createResolver(connection, { host: '127.0.0.1', port })
    await expect(at(nonsense.address().port).ask('x.lan', 'A', signal)).rejects.toMatchObject({ code: 'upstream' })
    const closed = createServer()
    closed.listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    await expect(at(port).ask('x.lan', 'A', signal)).rejects.toMatchObject({ code: 'unreachable' })
  })
})

describe('why a domain is blocked or not', () => {
  const verdictOf = async (own: Partial<SimulatedPihole>, domain = 'ads.example.com') => {
    const lab = await openLab(alike(own, ['primary']))
    const result = await lab.call('explain_domain', { domain })
    return result.kind === 'done' ? (result.output as { verdict: string }).verdict : result.text
  }
  const lists = [{ address: 'https://lists.example/ads.txt', type: 'block' as const, holds: ['ads.example.com'] }]
  const groups = [
    { id: 0, name: 'Default', enabled: true },
    { id: 1, name: 'kids', enabled: true },
    { id: 2, name: 'off', enabled: false },
  ]

  test.each<[string, Partial<SimulatedPihole>, string]>([
    ['a list', { lists }, 'Blocked by block list https://lists.example/ads.txt'],
    ['nothing', {}, 'Allowed: nothing on its lists speaks of it'],
    ['blocking that is off', { lists, blocking: { enabled: false } }, 'Allowed: blocking is off'],
    ['an entry that allows', { lists, domains: [{ domain: 'ads.example.com', type: 'allow', kind: 'exact' }] }, 'Allowed by allow entry'],
    ['an expression that denies', { domains: [{ domain: '^ads\\.', type: 'deny', kind: 'regex' }] }, 'Blocked by deny regex ^ads\\.'],
    [
      'an entry that is disabled',
      { domains: [{ domain: 'ads.example.com', type: 'deny', kind: 'exact', enabled: false }] },
      'Allowed: nothing',
    ],
    [
      'an entry for some clients',
      { groups, domains: [{ domain: 'ads.example.com', type: 'deny', kind: 'exact', groups: [1] }] },
      'which applies only to clients of kids',
    ],
    [
      'an entry of a group that is off',
      { groups, domains: [{ domain: 'ads.example.com', type: 'deny', kind: 'exact', groups: [2] }] },
      'Allowed: nothing',
    ],
    ['a record of its own', { lists, hosts: ['10.0.0.1 ads.example.com'] }, 'it is a local record here (10.0.0.1)'],
  ])('is told where it is %s', async (_, own, verdict) => {
    expect(await verdictOf(own)).toContain(verdict)
  })

  test('is told of each where they do not agree', async () => {
    const world = alike({ lists })
    const { primary, secondary } = world.instances as Record<'primary' | 'secondary', SimulatedPihole>
    const lab = await openLab({ instances: { primary, secondary: { ...secondary, lists: [] } } })
    expect((await lab.call('explain_domain', { domain: 'ads.example.com' })).text).toContain(
      'primary: Blocked by block list https://lists.example/ads.txt; secondary: Allowed: nothing on its lists speaks of it',
    )
  })
})

test('the query log is searched by client, outcome and time, and paged to its end', async () => {
  const queries = Array.from({ length: 7 }, (_, index) => ({
    minutesAgo: index * 30,
    domain: `site-${index}.example`,
    client: index % 2 === 0 ? '10.20.0.60' : '10.20.0.6',
    name: index % 2 === 0 ? 'tablet.lan' : 'tv.lan',
    status: index === 3 ? 'GRAVITY' : 'FORWARDED',
  }))
  const lab = await openLab(alike({ queries }, ['primary']))
  const domainsOf = async (input: Record<string, unknown>) => {
    const result = await lab.call('search_queries', input)
    if (result.kind !== 'done') throw new Error(result.text)
    const { queries: rows, next_cursor: cursor } = result.output as { queries: { domain: string }[]; next_cursor?: string }
    return { rows: rows.map(({ domain }) => domain.replace(/\D+/g, '')).join(), cursor }
  }
  expect((await domainsOf({ client: '10.20.0.6' })).rows).toBe('1,3,5')
  expect((await domainsOf({ client: 'tablet' })).rows).toBe('0,2,4,6')
  expect((await domainsOf({ status: 'blocked' })).rows).toBe('3')
  expect((await domainsOf({ since: '1h' })).rows).toBe('0,1,2')
  const first = await domainsOf({ limit: 5 })
  expect(first.rows).toBe('0,1,2,3,4')
  expect((await domainsOf({ limit: 5, cursor: first.cursor })).rows).toBe('5,6')
})

test('names in letters of any script are kept and asked for as DNS writes them', async () => {
  const lab = await openLab(alike())
  for (const [name, input] of [
    ['add_record', { name: 'Küche.lan', addresses: ['FD00::7'] }],
    ['deny_domain', { domain: 'böse.example' }],
  ] as const)
    expect(await carriedOut(lab, name, input)).toMatchObject({ kind: 'done' })
  expect(await lab.call('lookup', { name: 'küche.lan', type: 'AAAA' })).toMatchObject({
    output: { answers: [{ on: 'all', records: 'AAAA fd00::7' }] },
  })
  expect(await lab.call('explain_domain', { domain: 'BÖSE.example' })).toMatchObject({
    output: { verdict: 'Blocked by deny entry xn--bse-sna.example' },
  })
  expect(await lab.call('lookup', { name: `${'x'.repeat(64)}.lan` })).toMatchObject({ error: { code: 'invalid_input' } })
})

test('gravity tells how far it is, and one that cannot be built is an error with its reason', async () => {
  const { open, ftl } = openFtl({ lists: [{ address: 'https://lists.example/ads.txt', type: 'block' }] })
  const told: string[] = []
  await (await open()).updateGravity((line) => told.push(line), signal)
  expect(told).toContain('[i] Target: https://lists.example/ads.txt')
  expect(ftl.builtAt).toBe(ftl.now)
  const lab = await openLab(alike({ gravityProblem: 'DNS resolution is currently unavailable' }))
  const failed = await carriedOut(lab, 'update_gravity', {})
  expect(failed).toMatchObject({ error: { code: 'upstream', message: expect.stringContaining('DNS resolution is currently unavailable') } })
})

test('the resolvers are restarted one after the other, each back before the next', async () => {
  const lab = await openLab(alike())
  const pids = () => Object.values(lab.simulation.snapshot() as Record<string, { pid: number }>).map(({ pid }) => pid)
  const before = pids()
  expect(await carriedOut(lab, 'restart_dns', {})).toMatchObject({ kind: 'done', output: { state: 'DNS and API answer' } })
  expect(pids()).toEqual(before.map((pid) => pid + 100))
})
