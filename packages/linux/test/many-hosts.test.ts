import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import linux, { type LinuxWorld } from '../src/index.ts'

const world: LinuxWorld = {
  hosts: {
    atlas: { hostname: 'atlas', units: [{ name: 'web.service', log: ['ready'] }] },
    nas: { hostname: 'nas', sudoPassword: 'pretend-sudo-of-nas', units: [{ name: 'web.service', active: 'failed', log: ['! no disk'] }] },
  },
}

test('what is read of several hosts says of each line whose it is', async () => {
  const lab = await openSimulatedLab(linux, { world })
  try {
    expect((await lab.call('list_hosts')).text).toMatch(/^instance \| name .*\natlas \| atlas .*\nnas \| nas /)
    expect((await lab.call('list_units', { state: 'failed' })).text).toContain('nas | web.service | failed')
    expect((await lab.call('get_unit_logs', { unit: 'web' })).text).toMatch(/\[atlas\] \S+ ready\n\[nas\] \S+ err: no disk/)
    expect((await lab.call('get_unit_logs', { unit: 'web', instance: 'nas' })).text).not.toContain('ready')
  } finally {
    await lab.close()
  }
})

test('a write names one host, and happens there', async () => {
  const lab = await openSimulatedLab(linux, { world })
  try {
    expect(await lab.call('restart_unit', { unit: 'web' })).toMatchObject({ kind: 'error', error: { code: 'invalid_input' } })
    const planned = await lab.call('restart_unit', { unit: 'web', instance: 'nas' })
    expect(planned).toMatchObject({ kind: 'plan', plan: { targets: ['linux@nas/unit/web.service'] } })
    const confirm = planned.kind === 'plan' ? planned.plan.confirm : ''
    expect(await lab.call('restart_unit', { unit: 'web', instance: 'nas', confirm })).toMatchObject({
      kind: 'done',
      output: { active: 'active' },
    })
    expect((await lab.call('list_units', { state: 'failed' })).text).not.toContain('web.service')
  } finally {
    await lab.close()
  }
})
