import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { requireUptimeKuma, startUptimeKuma, type UptimeKuma } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import uptimeKuma from '../src/index.ts'
import { io } from '../src/libraries/socket-io-client.ts'

const missing = await requireUptimeKuma()
const [username, password] = ['lab', 'Lab-password-2026']

describe.skipIf(missing !== undefined)(
  'a real Uptime Kuma',
  () => {
    let kuma: UptimeKuma
    let lab: SimulatedLab
    let isWell = true
    const site = createServer((_, response) => response.writeHead(isWell ? 200 : 503).end('{"state":"up"}'))
    const address = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}/`

    beforeAll(async () => {
      site.listen(0, '127.0.0.1')
      kuma = await startUptimeKuma()
      lab = await openSimulatedLab(uptimeKuma, { configuration: { url: kuma.url, username, password } })
    }, 300_000)
    afterAll(async () => {
      await lab?.close()
      await kuma?.down()
      site.close()
    })

    async function write(name: string, input: Record<string, unknown>) {
      const planned = await lab.call(name, input)
      if (planned.kind !== 'plan') throw new Error(planned.text)
      const result = await lab.call(name, { ...input, confirm: planned.plan.confirm })
      if (result.kind !== 'done') throw new Error(result.text)
      return result
    }
    const undo = async (result: { change?: string }) => write('undo_change', { change: result.change })
    const rows = async (name: string, input: Record<string, unknown> = {}) => {
      const result = await lab.call(name, input)
      if (result.kind !== 'done') throw new Error(result.text)
      return result.output as Record<string, Record<string, unknown>[]>
    }
    const stateOf = async (name: string) => (await rows('list_monitors', { text: name }))['monitors']?.[0]?.['state']
    const until = (name: string, state: string) =>
      vi.waitFor(async () => expect(await stateOf(name)).toBe(state), { timeout: 60_000, interval: 250 })

    test('one without an account says so, and lets in whoever made it', async () => {
      expect(await lab.call('get_status')).toMatchObject({ kind: 'error', error: { code: 'invalid_config' } })
      const socket = io(kuma.url, { transports: ['websocket'], forceNew: true })
      await new Promise<void>((resolve) => socket.once('info', () => resolve()))
      expect(await socket.timeout(10_000).emitWithAck('setup', username, password)).toMatchObject({ ok: true })
      socket.disconnect()
      expect((await lab.call('get_status')).text).toContain('monitors: none')
    })

    test('every kind of monitor is made with the fields it wants', async () => {
      const kinds = [
        { name: 'Group', type: 'group' },
        { name: 'Site', url: address(), tags: ['web'], group: 'Group' },
        { name: 'Word', url: address(), keyword: 'state' },
        { name: 'Json', url: address(), json_path: 'state', expected_value: 'up' },
        { name: 'Port', host: '127.0.0.1', port: Number(new URL(address()).port) },
        { name: 'Ping', host: '127.0.0.1' },
        { name: 'Name', type: 'dns', host: 'localhost' },
        { name: 'Push', type: 'push' },
      ]
      for (const input of kinds) expect((await write('create_monitor', input)).output).toMatchObject({ created: true })
      expect((await lab.call('create_monitor', kinds[1] ?? {})).text).toContain('NOTHING TO DO')
      await until('Site', 'up')
    })

    test('what goes down is told, and what is changed goes on', async () => {
      const changed = await write('update_monitor', { monitor: 'Site', interval: 20, description: 'the site' })
      isWell = false
      await until('Site', 'down')
      expect((await lab.call('get_status')).text).toContain('503')
      expect((await lab.call('needs_attention')).text).toContain('uptime-kuma/monitor/Site')
      isWell = true
      await until('Site', 'up')
      await undo(changed)
      expect((await rows('get_monitor', { monitor: 'Site' }))['interval_s']).toBe(60)
    })

    test('a monitor is paused and resumed, a group with what is in it', async () => {
      const paused = await write('pause_monitor', { monitor: 'Group' })
      expect(await stateOf('Site')).toBe('paused')
      await undo(paused)
      await until('Site', 'up')
    })

    test('a window of maintenance begins at once, and is ended before its time', async () => {
      const started = await write('start_maintenance', { title: 'Disk', monitors: ['Group'], minutes: 30 })
      await until('Site', 'maintenance')
      await undo(started)
      await until('Site', 'up')
    })

    test('tags are put on and taken off, and a deleted monitor comes back', async () => {
      await undo(await write('tag_monitor', { monitor: 'Word', tag: 'fresh' }))
      expect((await rows('list_tags'))['tags']?.map(({ tag }) => tag)).toEqual(['web'])
      const before = await rows('get_monitor', { monitor: 'Push' })
      const deleted = await write('delete_monitor', { monitor: 'Push' })
      await undo(deleted)
      expect(await rows('get_monitor', { monitor: 'Push' })).toMatchObject({ type: 'push', withheld: before['withheld'] })
      await undo(await write('delete_monitor', { monitor: 'Group' }))
      expect((await rows('get_monitor', { monitor: 'Site' }))['group']).toBe('Group')
    })

    test('it is restarted, and the next call logs in anew', async () => {
      await kuma.stop()
      expect((await lab.call('list_tags')).kind).toBe('error')
      await kuma.start()
      expect((await rows('list_monitors'))['monitors']).toHaveLength(8)
    })
  },
  120_000,
)
