import { addUnit, fillDisk, requireComponent, startHostPair, type HostPair } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openModel } from './model.ts'
import { configureHosts, serveHub, type ServedHub } from './real-lab.ts'
import { openProcesses, type Processes } from './rackwarden-process.ts'

const missing = requireComponent('host')

describe.skipIf(missing !== undefined)('why is nothing answering on nas-2?', () => {
  let pair: HostPair
  let processes: Processes
  let served: ServedHub

  beforeAll(async () => {
    pair = await startHostPair()
    processes = await openProcesses({ RACKWARDEN_TIER: 'operate' })
    await configureHosts(processes, pair)
    served = await serveHub(processes)
  }, 300_000)

  afterAll(async () => {
    await served?.client.close()
    await processes?.close()
    await pair?.down()
  }, 60_000)

  test.each([
    ['every tool listed', '', 6],
    ['a few listed that find the others', '?expose=search', 8],
  ] as const)(
    'the cause is found and mended through tools alone, %s',
    async (mode, query, most) => {
      const model = await openModel(new URL(`${served.url}${query}`))
      const repairDisk = await fillDisk(pair.behind, { path: '/srv/data', percent: 100 })
      const start = 'ExecStartPre=/bin/sh -c "head -c 65536 /dev/zero > /srv/data/session"'
      const removeUnit = await addUnit(pair.behind, { name: 'web', service: [start, 'ExecStart=/usr/sbin/sshd -D -p 8080'] })

      const probe = { address: 'nas-2', tcp_port: 8080, instance: 'nas-1' }
      expect(await model.ask('does port 8080 of nas-2 answer', 'linux_probe_tcp', probe)).toMatch(/refused/)
      const found = await model.ask('what is broken', 'needs_attention')
      expect(found).toMatch(
        /critical: .*\/srv\/data.*linux@nas-2[^]*warning: web\.service failed[^]*next: .*linux_get_unit_logs .*unit\W+web\.service/,
      )
      const logs = { unit: 'web.service', instance: 'nas-2', tail: 10 }
      expect(await model.ask('what did web.service print last', 'linux_get_unit_logs', logs)).toMatch(/No space left on device/)

      // What fills the disk is the person's to decide about.
      await repairDisk()
      await pair.behind.run(['mkdir', '-p', '/srv/data'])

      const unit = { unit: 'web.service', instance: 'nas-2' }
      const confirm = /confirm: ([A-Z2-7]{16})/.exec(await model.ask('restart web.service', 'linux_restart_unit', unit))?.[1]
      expect(await model.ask('yes', 'linux_restart_unit', { ...unit, confirm })).toMatch(/^DONE and verified/)
      expect(await model.ask('does port 8080 of nas-2 answer', 'linux_probe_tcp', probe)).toMatch(/open/)
      const { calls, tokens } = model.spent()
      process.stderr.write(`${mode}: solved in ${calls} calls and about ${tokens} tokens, the list of tools included\n`)
      expect(calls).toBeLessThanOrEqual(most)
      await model.close()
      await removeUnit()
      await pair.behind.run(['rm', '-r', '/srv/data'])
    },
    60_000,
  )
})
