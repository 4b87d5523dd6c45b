import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exposeSimulation } from '@rackwarden/core/testing'
import { createLab } from '@rackwarden/simlab'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProcesses } from './rackwarden-process.ts'

interface Cluster {
  guests: { id: number; lock?: string; status: string }[]
  backups: string[]
  tasks: string[]
}

/** A cluster that outlives the hub, and tells whoever wants to know how often its tasks were looked at. */
async function openCluster() {
  const simulation = await createLab().simulationOf('proxmox')
  const { connection } = simulation ?? {}
  if (simulation === undefined || connection === undefined) throw new TypeError('The lab has a cluster that answers in memory.')
  let looked: () => void = () => undefined
  const watched = {
    ...connection,
    fetch: async (target: string, options?: Parameters<typeof connection.fetch>[1]) => {
      const response = await connection.fetch(target, options)
      if (/\/tasks\/.*\/status$/.test(target)) looked()
      return response
    },
  }
  const exposed = await exposeSimulation({ ...simulation, connection: watched }, { tls: true })
  const processes = await openProcesses({ RACKWARDEN_ADMIN: '' })
  onTestFinished(async () => {
    await processes.close()
    await exposed.close()
  })
  const file = join(processes.directory, 'rackwarden.yaml')
  await writeFile(file, JSON.stringify({ tier: 'configure', services: { proxmox: exposed.config } }))
  const call = async (tool: string, ...input: string[]) => processes.rackwarden('call', tool, ...input, '--json')
  return {
    processes,
    call,
    state: () => simulation.snapshot() as Cluster,
    /** Ends what the cluster works on, as somebody would in its own interface. */
    interrupt: async () => {
      const { tokenId, tokenSecret } = simulation.config
      const open = (simulation.snapshot() as Cluster).tasks.filter((task) => task.endsWith(':'))
      for (const upid of open)
        await connection.fetch(`/api2/json/nodes/${upid.split(':')[1]}/tasks/${encodeURIComponent(upid)}`, {
          method: 'DELETE',
          headers: { authorization: `PVEAPIToken=${String(tokenId)}=${String(tokenSecret)}` },
        })
    },
    /** Starts a confirmed write and kills its process as soon as it looks at its task for the second time. */
    killedWithin: async (tool: string, ...input: string[]): Promise<string> => {
      const planned = JSON.parse((await call(tool, ...input)).stdout) as { plan?: { confirm: string }; confirm?: string }
      const confirm = planned.plan?.confirm ?? planned.confirm ?? ''
      let looks = 0
      const seen = new Promise<void>((resolve) => {
        looked = () => {
          looks += 1
          if (looks === 2) resolve()
        }
      })
      const child: ChildProcess = processes.start('call', tool, ...input, `confirm=${confirm}`, '--json')
      const ended = once(child, 'exit')
      await seen
      child.kill('SIGKILL')
      await ended
      looked = () => undefined
      return confirm
    },
  }
}

async function begunIn(stateDirectory: string): Promise<string[]> {
  return readdir(join(stateDirectory, 'begun')).catch(() => [])
}

describe('a hub that is killed while the cluster works for it', () => {
  test.each([
    ['proxmox_backup_guest', ['guest=build'], ({ backups }: Cluster) => backups.length],
    ['proxmox_clone_guest', ['guest=lab', 'name=lab-2'], ({ guests }: Cluster) => guests.length],
  ] as const)('finds out at its next start what became of %s, and does nothing twice', { timeout: 120_000 }, async (tool, input, count) => {
    const { processes, call, killedWithin, state } = await openCluster()
    const before = count(state())
    const tasks = state().tasks.length
    const confirm = await killedWithin(tool, ...input)
    expect(await begunIn(processes.stateDirectory)).toHaveLength(1)
    const attention = await call('needs_attention')
    expect(attention.stdout).toContain('Its process ended before it')
    const hub = processes.start('serve', '--http', '127.0.0.1:0')
    await expect.poll(() => begunIn(processes.stateDirectory), { timeout: 60_000 }).toEqual([])
    hub.kill('SIGTERM')
    await once(hub, 'exit')
    expect(count(state())).toBe(before + 1)
    const again = await call(tool, ...input, `confirm=${confirm}`)
    expect(JSON.parse(again.stdout)).toMatchObject({ kind: 'done', already: true, change: expect.any(String) })
    expect(state().tasks.length).toBe(tasks + 1)
    const listed = JSON.parse((await processes.rackwarden('changes', '--json')).stdout) as { output: { changes: { id: string }[] } }
    const { changes } = listed.output
    expect(changes).toMatchObject([{ revertible: true }])
    const verified = await processes.rackwarden('audit', '--verify')
    expect(verified.stdout).not.toContain('never ended')
    const planned = await call('undo_change', `change=${changes[0]?.id}`)
    const token = (JSON.parse(planned.stdout) as { plan?: { confirm: string }; confirm?: string }).plan?.confirm ?? ''
    const undone = await call('undo_change', `change=${changes[0]?.id}`, `confirm=${token}`)
    expect(undone.exitCode).toBe(0)
    expect(count(state())).toBe(before)
  })

  test('is told that it failed, and the change is none', { timeout: 120_000 }, async () => {
    const { processes, call, killedWithin, state, interrupt } = await openCluster()
    const before = state().backups.length
    const confirm = await killedWithin('proxmox_backup_guest', 'guest=build')
    await interrupt()
    const hub = processes.start('serve', '--http', '127.0.0.1:0')
    await expect.poll(() => begunIn(processes.stateDirectory), { timeout: 60_000 }).toEqual([])
    hub.kill('SIGTERM')
    await once(hub, 'exit')
    expect(state().backups.length).toBe(before)
    const again = await call('proxmox_backup_guest', 'guest=build', `confirm=${confirm}`)
    expect(again.stdout).toContain('ended: interrupted by signal')
    expect((await processes.rackwarden('changes', '--json')).stdout).not.toContain('Back up build')
  })
})
