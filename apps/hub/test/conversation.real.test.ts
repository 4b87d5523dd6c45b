import { estimateTokens } from '@rackwarden/core/runtime'
import { addUnit, fillDisk, requireComponent, startHostPair, type HostPair } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

  test('the cause is found and mended through tools alone', async () => {
    const repairDisk = await fillDisk(pair.behind, { path: '/srv/data', percent: 100 })
    const start = 'ExecStartPre=/bin/sh -c "head -c 65536 /dev/zero > /srv/data/session"'
    await addUnit(pair.behind, { name: 'web', service: [start, 'ExecStart=/usr/sbin/sshd -D -p 8080'] })
    let [calls, tokens] = [0, 0]
    const ask = async (name: string, input: Record<string, unknown> = {}) => {
      const text = await served.call(name, input)
      calls += 1
      tokens += estimateTokens(JSON.stringify(input)) + estimateTokens(text)
      return text
    }

    const probe = { address: 'nas-2', tcp_port: 8080, instance: 'nas-1' }
    expect(await ask('linux_probe_tcp', probe)).toMatch(/refused/)
    const found = await ask('needs_attention')
    expect(found).toMatch(
      /critical: .*\/srv\/data.*linux@nas-2[^]*warning: web\.service failed[^]*next: linux_get_unit_logs unit=web\.service/,
    )
    expect(await ask('linux_get_unit_logs', { unit: 'web.service', instance: 'nas-2', tail: 10 })).toMatch(/No space left on device/)

    // What fills the disk is the person's to decide about.
    await repairDisk()
    await pair.behind.run(['mkdir', '-p', '/srv/data'])

    const unit = { unit: 'web.service', instance: 'nas-2' }
    const confirm = /confirm: ([A-Z2-7]{16})/.exec(await ask('linux_restart_unit', unit))?.[1]
    expect(await ask('linux_restart_unit', { ...unit, confirm })).toMatch(/^DONE and verified/)
    expect(await ask('linux_probe_tcp', probe)).toMatch(/open/)
    process.stderr.write(`solved in ${calls} calls and about ${tokens} tokens\n`)
    expect(calls).toBe(6)
  }, 60_000)
})
