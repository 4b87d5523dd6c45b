import type { Asset } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { watchers } from '../src/watchers.ts'
import { openMonitor } from './monitor.ts'

const asset: Asset = {
  target: 'prometheus/target/node/nas:9100',
  kind: 'target',
  name: 'nas:9100',
  aliases: ['nas'],
  addresses: [],
  macs: [],
}
const pause = { id: '20261120T101500-abcdef', until: '2036-11-20T11:15:00.000Z', reason: 'Restart smbd' }

describe('what is worked on', () => {
  test('has its alerts silenced, once for a host of several jobs, until it is resumed', async () => {
    const { client, context } = await openMonitor()
    const named = async () =>
      (await client.alertmanager.silences(context.signal))
        .filter(({ comment }) => comment.includes(pause.id))
        .map(({ comment, matchers, status }) => [status.state, comment, matchers.map(({ name, value }) => `${name}=${value}`)])
    await watchers.pause(client, [asset, { ...asset, target: 'prometheus/target/smart/nas:9100' }], pause, context)
    expect(await named()).toEqual([['active', 'rackwarden 20261120T101500-abcdef: Restart smbd', ['instance=nas:9100']]])
    await watchers.resume(client, '20261120T101500-abcdeg', context)
    expect((await named())[0]?.[0]).toBe('active')
    await watchers.resume(client, pause.id, context)
    await expect.poll(async () => (await named())[0]?.[0]).toBe('expired')
    await watchers.resume(client, pause.id, context)
  })

  test('is not silenced where nobody is told of alerts, and that is said where the Alertmanager is silent', async () => {
    const answer = (target: string) => (target.startsWith('/alertmanager') ? new Response('', { status: 503 }) : undefined)
    const { client, context } = await openMonitor(undefined, { answer })
    await expect(watchers.select?.(client, [asset], context)).rejects.toMatchObject({ code: 'upstream' })
    const nobody = await openMonitor(undefined, {
      configuration: { alertmanagerUrl: undefined },
      answer: (target) =>
        target.endsWith('/alertmanagers') ? Response.json({ status: 'success', data: { activeAlertmanagers: [] } }) : undefined,
    })
    expect(await watchers.select?.(nobody.client, [asset], nobody.context)).toEqual([])
  })
})
