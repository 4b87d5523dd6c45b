import type { Connection } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { connect } from '../src/client.ts'
import { openMonitor } from './monitor.ts'

const { signal } = new AbortController()
const named = {
  status: 'success',
  data: { activeAlertmanagers: [{ url: 'http://first:9093/api/v2/alerts' }, { url: 'http://second:9093/am/api/v1/alerts' }] },
}

/** A connection that answers by target, and what was asked of it. */
async function wired(answers: Record<string, () => Response | Promise<Response>>) {
  const asked: { target: string; authorization: string | null }[] = []
  const { ToolError } = await import('@rackwarden/core')
  const connection: Connection = {
    async fetch(target, options) {
      asked.push({ target, authorization: new Headers(options?.headers).get('authorization') })
      const answer = answers[target]
      if (answer === undefined) throw new ToolError('unreachable', `${target} refused the connection.`)
      return answer()
    },
    exec: () => Promise.reject(new Error('no programs here')),
    dial: () => Promise.reject(new Error('no sockets here')),
  }
  return { asked, connection }
}

test('the configured Alertmanager is spoken to with the credentials, below its own path', async () => {
  const { asked, connection } = await wired({ 'https://am.lan/alerts/api/v2/silences': () => Response.json([]) })
  const { alertmanager } = await connect({ alertmanagerUrl: 'https://am.lan/alerts/', token: 'a-token-of-the-proxy' }, connection)
  expect(await alertmanager.silences(signal)).toEqual([])
  expect(asked).toEqual([{ target: 'https://am.lan/alerts/api/v2/silences', authorization: 'Bearer a-token-of-the-proxy' }])
})

test('user and password of its address count for the Alertmanager before those of Prometheus', async () => {
  const { asked, connection } = await wired({ 'http://am:9093/api/v2/silences': () => Response.json([]) })
  const { alertmanager } = await connect({ alertmanagerUrl: 'http://sam:p%40ss@am:9093', username: 'u', password: 'p' }, connection)
  await alertmanager.silences(signal)
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('sam:p@ss').toString('base64')}`)
})

test('without one configured those Prometheus names are tried in turn, without any credentials', async () => {
  const { asked, connection } = await wired({
    '/api/v1/alertmanagers': () => Response.json(named),
    'http://second:9093/am/api/v2/silences': () => Response.json([]),
  })
  const { alertmanager } = await connect({ token: 'a-token-of-the-proxy' }, connection)
  expect(await alertmanager.silences(signal)).toEqual([])
  expect(asked.map(({ target, authorization }) => `${target} ${authorization}`)).toEqual([
    '/api/v1/alertmanagers Bearer a-token-of-the-proxy',
    'http://first:9093/api/v2/silences null',
    'http://second:9093/am/api/v2/silences null',
  ])
})

test('that none of the named ones can be reached from here says whose word it was and what to set', async () => {
  const { connection } = await wired({ '/api/v1/alertmanagers': () => Response.json(named) })
  await expect((await connect({}, connection)).alertmanager.silences(signal)).rejects.toThrow(
    expect.objectContaining({
      code: 'unreachable',
      message: expect.stringContaining('The Alertmanager that Prometheus names, http://second:9093/am/api/v2, cannot be reached from here'),
      hint: expect.stringContaining('alertmanagerUrl'),
    }),
  )
})

test('where none is configured and none named, that is said', async () => {
  const { connection } = await wired({
    '/api/v1/alertmanagers': () => Response.json({ status: 'success', data: { activeAlertmanagers: [], droppedAlertmanagers: null } }),
  })
  await expect((await connect({}, connection)).alertmanager.silences(signal)).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_config' }),
  )
})

test('a named Alertmanager that refuses is not passed over for the next', async () => {
  const { asked, connection } = await wired({
    '/api/v1/alertmanagers': () => Response.json(named),
    'http://first:9093/api/v2/silences': () => new Response('', { status: 403 }),
  })
  await expect((await connect({}, connection)).alertmanager.silences(signal)).rejects.toThrow(
    expect.objectContaining({ code: 'forbidden' }),
  )
  expect(asked).toHaveLength(2)
})

test('an address that is none and half a credential are told as such', async () => {
  const { connection } = await wired({})
  await expect(connect({ alertmanagerUrl: 'am:9093' }, connection)).rejects.toThrow(expect.objectContaining({ code: 'invalid_config' }))
  await expect(connect({ username: 'sam' }, connection)).rejects.toThrow(expect.objectContaining({ code: 'invalid_config' }))
})

test('an answer of a proxy that is no word of Prometheus stays a failure of the upstream', async () => {
  const { read } = await openMonitor(undefined, {
    answer: () => new Response('Client sent an HTTP request to an HTTPS server.', { status: 400 }),
  })
  await expect(read('query', { query: 'up' })).rejects.toThrow(expect.objectContaining({ code: 'upstream' }))
})

test('answers with fields of other versions are read for what is known of them', async () => {
  const { read } = await openMonitor(undefined, {
    answer: (target) =>
      target.startsWith('/api/v1/alerts')
        ? Response.json({
            status: 'success',
            data: { alerts: [{ labels: { alertname: 'Old' }, annotations: null, state: 'firing', novelty: 1 }] },
          })
        : target.startsWith('/alertmanager')
          ? Response.json([
              { labels: { alertname: 'Old', site: 'x' }, status: { state: 'suppressed', silencedBy: null, inhibitedBy: ['f'] } },
            ])
          : undefined,
  })
  expect(await read('list_alerts')).toMatchObject({ alerts: [{ alert: 'Old', state: 'inhibited' }] })
})
