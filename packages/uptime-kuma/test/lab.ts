import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished } from 'vitest'
import uptimeKuma, { type UptimeKumaWorld } from '../src/index.ts'

type Result = Awaited<ReturnType<SimulatedLab['call']>>

/** A pretend Uptime Kuma with its tools, closed when the test ends. */
export async function openLab(world?: UptimeKumaWorld) {
  const lab = await openSimulatedLab(uptimeKuma, world === undefined ? {} : { world })
  onTestFinished(lab.close)
  const planned = async (name: string, input: Record<string, unknown>) => {
    const result = await lab.call(name, input)
    if (result.kind !== 'plan') throw new Error(`${name} planned nothing: ${result.text}`)
    return result.plan
  }
  return {
    ...lab,
    planned,
    /** Plans and confirms. */
    async write(name: string, input: Record<string, unknown>): Promise<Result & { kind: 'done' }> {
      const { confirm } = await planned(name, input)
      return doneOf(await lab.call(name, { ...input, confirm }))
    },
    async undo(result: Result): Promise<Result> {
      const change = result.kind === 'done' ? result.change : undefined
      const { confirm } = await planned('undo_change', { change })
      return doneOf(await lab.call('undo_change', { change, confirm }))
    },
    read: async (name: string, input: Record<string, unknown> = {}) =>
      doneOf(await lab.call(name, input)).output as Record<string, unknown>,
    records: () => lab.simulation.snapshot() as Snapshot,
  }
}

/** What a pretend Uptime Kuma remembers. */
export interface Snapshot {
  monitors: (Record<string, unknown> & { id: number; name: string })[]
  tags: { id: number; name: string }[]
  attached: { tag_id: number; monitor_id: number; value: string }[]
  notified: { monitor_id: number; notification_id: number }[]
  maintenances: Record<string, unknown>[]
}

function doneOf(result: Result): Result & { kind: 'done' } {
  expect(result).toMatchObject({ kind: 'done' })
  return result as Result & { kind: 'done' }
}
