import { openSimulatedLab, openToolbox, recordExchanges, type SimulatedLab } from '@rackwarden/core/testing'
import { onTestFinished } from 'vitest'
import type { ProxmoxClient } from '../src/client.ts'
import proxmox, { type ProxmoxWorld } from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'

/** A client, and the cluster it speaks to, with every exchange written down. */
export async function openCluster(world: Partial<ProxmoxWorld> = {}) {
  const { cluster, instance } = instanceOf({ ...defaultWorld, ...world })
  if (instance.connection === undefined) throw new Error('the simulator answers through a connection')
  const { connection, exchanges } = recordExchanges(instance.connection)
  const toolbox = await openToolbox(proxmox, connection, { configuration: instance.config })
  const { signal } = toolbox.context
  return { cluster, connection, exchanges, config: instance.config, ...toolbox, client: toolbox.client as ProxmoxClient, signal }
}

/** The service alone on a pretend cluster, through the whole path of a call. */
export async function openLab(world: Partial<ProxmoxWorld> = {}): Promise<SimulatedLab> {
  const lab = await openSimulatedLab(proxmox, { world: { ...defaultWorld, ...world } })
  onTestFinished(lab.close)
  return lab
}

/** Plans a write and confirms it. */
export async function carriedOut(lab: SimulatedLab, name: string, input: Record<string, unknown>) {
  const planned = await lab.call(name, input)
  return planned.kind === 'plan' ? lab.call(name, { ...input, confirm: planned.plan.confirm }) : planned
}
