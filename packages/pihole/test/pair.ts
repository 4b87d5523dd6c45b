import type { CallResult } from '@rackwarden/core/runtime'
import { openSimulatedLab, type SimulatedLab } from '@rackwarden/core/testing'
import { onTestFinished } from 'vitest'
import { connect } from '../src/client.ts'
import pihole, { type PiholeWorld, type SimulatedPihole } from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { SimulatedFtl } from '../src/simulation/ftl.ts'

const plain: SimulatedPihole = {
  hostName: 'pi',
  address: '10.20.0.2',
  version: 'v6.2',
  password: 'pretend-password',
  hosts: ['10.20.0.11 nas.lan'],
  cnames: [],
  upstreams: ['9.9.9.9'],
  gravityDays: 1,
}

/** A world of Pi-holes that hold the same. */
export function alike(own: Partial<SimulatedPihole> = {}, names: readonly string[] = ['primary', 'secondary']): PiholeWorld {
  return { instances: Object.fromEntries(names.map((name) => [name, { ...plain, ...own }])) }
}

/** One pretend FTL, and clients of it. */
export function openFtl(own: Partial<SimulatedPihole> = {}) {
  const ftl = new SimulatedFtl({ ...plain, ...own })
  const { instance, close } = instanceOf(ftl)
  onTestFinished(close)
  const { connection, config } = instance
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  return { ftl, connection, config, open: (changes: Record<string, unknown> = {}) => connect({ ...config, ...changes }, connection) }
}

const facet = { instance: 'primary', signal: new AbortController().signal }

export async function assetsOf(own: Partial<SimulatedPihole>, changes: Record<string, unknown> = {}) {
  return pihole.assets?.(await openFtl(own).open(changes), facet)
}

export async function rightsOf(own: Partial<SimulatedPihole>) {
  return pihole.rights?.(await openFtl(own).open(), facet)
}

export function tokenOf(result: CallResult): string {
  if (result.kind !== 'plan') throw new Error(`no plan: ${result.text}`)
  return result.plan.confirm
}

/** Plans and confirms. */
export async function carriedOut(lab: Pick<SimulatedLab, 'call'>, name: string, input: Record<string, unknown>): Promise<CallResult> {
  return lab.call(name, { ...input, confirm: tokenOf(await lab.call(name, input)) })
}

/** A lab of a world, closed when the test ends. */
export async function openLab(world?: PiholeWorld): Promise<SimulatedLab> {
  const lab = await openSimulatedLab(pihole, { world })
  onTestFinished(() => lab.close())
  return lab
}
