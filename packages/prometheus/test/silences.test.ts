import { expect, test } from 'vitest'
import { openMonitor } from './monitor.ts'

type Rows = Record<string, Record<string, unknown>[]>

const disk = { alert: 'DiskAlmostFull', duration: '2h', reason: 'new disk is on its way' }
const moving = '5f0c1a52-7c1d-4d0e-9f0a-1d6f1f2b7a01'

test('silences in force are listed with what they silence; ended ones when asked for', async () => {
  const { read } = await openMonitor()
  expect(await read('list_silences')).toEqual({
    silences: [
      {
        silence: moving,
        state: 'active',
        matchers: 'alertname="BackupTooOld", repository="photos"',
        alerts: 1,
        until: '2026-06-03T21:00:00Z',
        author: 'sam',
        comment: 'moving the photos this week',
      },
    ],
  })
  expect(await read('list_silences', { state: 'expired' })).toMatchObject({ silences: [{ comment: 'reindexing', alerts: 0 }] })
})

test('a plan to silence names what fires now and would be silenced', async () => {
  const { plan } = await openMonitor()
  expect(await plan('silence_alert', { matchers: ['job=~"node|printer"'], duration: '1d', reason: 'moving house' })).toMatchInlineSnapshot(`
    {
      "diff": [
        "DiskAlmostFull shelf:9100: firing → silenced",
        "TargetDown 10.20.0.40:9116: firing → silenced",
        "until: 2026-06-02T09:00:00Z",
      ],
      "summary": "Silence job=~"node|printer" for 1d: moving house",
      "targets": [
        "prometheus/alert/DiskAlmostFull",
        "prometheus/alert/TargetDown",
      ],
      "warnings": [
        "1 of the matching alerts is critical.",
        "A pattern also silences what it matches later.",
      ],
    }
  `)
  expect(await plan('silence_alert', { ...disk, matchers: ['instance="attic:9100"'] })).toMatchObject({
    targets: ['prometheus/alert/DiskAlmostFull'],
    warnings: [expect.stringContaining('No alert that fires now matches')],
  })
  expect(await plan('silence_alert', { ...disk, alert: undefined, matchers: ['room="cellar"'] })).toMatchObject({
    targets: ['prometheus/silence/room="cellar"'],
  })
})

test('a silence is done once the Alertmanager lists it, which may be a moment later', async () => {
  const { write, read, exchanges } = await openMonitor()
  const { settled, output, looks } = await write('silence_alert', disk)
  expect(settled).toBe(true)
  expect(looks).toBe(2)
  expect(output).toMatchObject({ matchers: 'alertname="DiskAlmostFull"', until: '2026-06-01T11:00:00Z', alerts: 1 })
  expect(await read('list_alerts', { name: 'Disk' })).toMatchObject({ alerts: [{ state: 'silenced' }] })
  expect(JSON.parse(exchanges.find(({ method }) => method === 'POST')?.sent ?? '')).toEqual({
    matchers: [{ name: 'alertname', value: 'DiskAlmostFull', isRegex: false, isEqual: true }],
    startsAt: '2026-06-01T09:00:00.000Z',
    endsAt: '2026-06-01T11:00:00.000Z',
    createdBy: 'rackwarden',
    comment: 'new disk is on its way',
  })
})

test.each<[string, Record<string, unknown>]>([
  ['nothing at all', {}],
  ['every instance', { matchers: ['instance=~".*"'] }],
  ['every instance, said in another way', { matchers: ['instance=~"(.|\\\\s)+"'] }],
  ['every severity in any case', { matchers: ['severity=~"(?i)[^x]?.*"'] }],
  ['all but one', { matchers: ['alertname!="Watchdog"'] }],
  ['all but some', { matchers: ['job!~"node.*"'] }],
  ['what has no team', { matchers: ['team=""'] }],
  ['several times everything', { matchers: ['instance=~".+"', 'job!=""'] }],
  ['a pattern nobody can read', { matchers: ['instance=~"("'] }],
  ['no matcher', { matchers: ['instance is nas'] }],
])('a silence on %s is refused', async (_, input) => {
  const { plan, exchanges } = await openMonitor()
  await expect(plan('silence_alert', { duration: '1h', reason: 'quiet please', ...input })).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_input' }),
  )
  expect(exchanges).toEqual([])
})

test.each([['8d'], ['168h1s'], ['0m'], ['for ever'], ['2026-06-01T08:59:00Z'], ['2026-07-01T00:00:00Z']])(
  'a silence of %s is refused',
  async (duration) => {
    const { plan } = await openMonitor()
    await expect(plan('silence_alert', { ...disk, duration })).rejects.toThrow(expect.objectContaining({ code: 'invalid_input' }))
  },
)

test('the name of an alert that no rule makes is a slip, and answered with the near ones', async () => {
  const { plan } = await openMonitor()
  await expect(plan('silence_alert', { ...disk, alert: 'DiskAlmostFul' })).rejects.toThrow(
    expect.objectContaining({ code: 'not_found', hint: 'Did you mean DiskAlmostFull?' }),
  )
})

test('a plan to end a silence tells what would notify again', async () => {
  const { plan } = await openMonitor()
  expect(await plan('expire_silence', { silence: moving.slice(0, 8) })).toMatchInlineSnapshot(`
    {
      "diff": [
        "state: active → expired",
        "BackupTooOld: silenced → firing",
      ],
      "summary": "End the silence on alertname="BackupTooOld", repository="photos" by sam (moving the photos this week), which would last until 2026-06-03T21:00:00Z",
      "targets": [
        "prometheus/silence/5f0c1a52-7c1d-4d0e-9f0a-1d6f1f2b7a01",
        "prometheus/alert/BackupTooOld",
      ],
      "warnings": [],
    }
  `)
  expect(await plan('expire_silence', { silence: '0b7e6d11' })).toMatchObject({ summary: expect.stringContaining('expired already') })
})

test('a plan to end what cannot be put back as it is says so', async () => {
  const { plan } = await openMonitor({
    targets: [],
    silences: [{ id: 'a0000000-0000-4000-8000-000000000000', matchers: ['severity!="critical"'], author: '', comment: 'x', hours: 400 }],
  })
  expect(await plan('expire_silence', { silence: 'a000' })).toMatchObject({
    warnings: [expect.stringContaining('nearly everything'), expect.stringContaining('more than 7 days')],
  })
})

test('an ended silence is put back with its matchers, its end and its reason', async () => {
  const { write, read } = await openMonitor()
  const before = (await read('list_silences')) as Rows
  expect(await write('expire_silence', { silence: moving })).toMatchObject({ settled: true, output: { state: 'expired' } })
  expect(await read('list_silences')).toEqual({ silences: [] })
  await write('silence_alert', {
    matchers: ['alertname="BackupTooOld"', 'repository="photos"'],
    duration: '2026-06-03T21:00:00.000Z',
    reason: 'moving the photos this week',
  })
  const after = (await read('list_silences')) as Rows
  const [was, is] = [before['silences']?.[0], after['silences']?.[0]]
  expect({ ...is, silence: '', author: '' }).toEqual({ ...was, silence: '', author: '' })
})

test('an id that begins several silences, or none, is refused', async () => {
  const silence = (id: string) => ({ id, matchers: ['a="b"'], author: 'sam', comment: 'x', hours: 1 })
  const { plan } = await openMonitor({ targets: [], silences: [silence('aaaa-1'), silence('aaaa-2')] })
  await expect(plan('expire_silence', { silence: 'aaaa' })).rejects.toThrow(expect.objectContaining({ code: 'invalid_input' }))
  await expect(plan('expire_silence', { silence: 'bbbb' })).rejects.toThrow(expect.objectContaining({ code: 'not_found' }))
})
