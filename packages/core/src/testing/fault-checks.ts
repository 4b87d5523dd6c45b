import assert from 'node:assert/strict'
import type { ErrorCode } from '../define/error.ts'
import type { Service, Simulation } from '../define/service.ts'
import { hashOf } from '../call/canonical.ts'
import type { CallResult } from '../call/result.ts'
import { exposeSimulation } from './expose-simulation.ts'
import type { Fault } from './fault.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { openSimulatedLab, type SimulatedLab } from './simulated-lab.ts'

/** What each fault may be reported as. */
export const expectedCodes: Readonly<Record<Fault, readonly ErrorCode[]>> = {
  refused: ['unreachable'],
  hang: ['timeout'],
  '401': ['unauthorized'],
  '403': ['forbidden'],
  '404': ['not_found'],
  '429': ['rate_limited'],
  '500': ['upstream'],
  html: ['upstream'],
  garbage: ['upstream'],
  truncated: ['upstream', 'unreachable'],
  slow: ['timeout'],
  oversized: ['upstream'],
  wrongCertificate: ['unreachable'],
}

/** What a fault that never ends is cut off at; the others answer at once, and a busy machine is no fault of theirs. */
const limitMs: Partial<Record<Fault, number>> = { hang: 200, slow: 200 }
const ampleMs = 5_000

/** A tool and an input that works on the default simulated world. */
export interface FaultCall {
  name: string
  input: Record<string, unknown>
}

/** A service on the real way out, which leads through a fault proxy to its simulator. */
interface Exposed {
  simulation: Simulation
  proxy: FaultProxy
  lab: SimulatedLab
  close: () => Promise<void>
}

async function expose(service: Service, { tls, timeoutMs }: { tls: boolean; timeoutMs: number }): Promise<Exposed> {
  const simulation = await (await service.simulate()).default()
  const { proxy, config, close } = await exposeSimulation(simulation, { tls })
  const lab = await openSimulatedLab(service, { configuration: { ...config, timeoutMs } })
  return {
    simulation,
    proxy,
    lab,
    async close() {
      await lab.close()
      await close()
    },
  }
}

/** One fault of the wire over health, a read and a write: a clear error, nothing changed, and well again afterwards. */
export async function checkFault(service: Service, fault: Fault, calls: readonly FaultCall[]): Promise<void> {
  const { simulation, proxy, lab, close } = await expose(service, {
    tls: fault === 'wrongCertificate',
    timeoutMs: limitMs[fault] ?? ampleMs,
  })
  try {
    const before = hashOf(simulation.snapshot())
    await proxy.setFault(fault)
    for (const { name, input } of calls) {
      const result = await lab.call(name, input)
      assert.ok(result.kind === 'error', `${name} under ${fault}: ${result.text}`)
      assert.ok(expectedCodes[fault].includes(result.error.code), `${name} under ${fault} answered ${result.text}`)
      assert.doesNotMatch(result.text, /\n\s+at |undefined|\[object/, `${name} under ${fault} is told in plain words: ${result.text}`)
    }
    const health = await lab.call('service_health')
    assert.ok(health.kind === 'done', health.text)
    assert.equal((health.output as { status: string }).status, 'down', `${fault} shows in service_health: ${health.text}`)
    assert.equal(hashOf(simulation.snapshot()), before, `${fault} changes nothing`)
    await proxy.setFault(null)
    for (const { name, input } of calls) {
      const result = await wellAgain(lab, name, input)
      assert.notEqual(result.kind, 'error', `${name} is well again after ${fault}: ${result.text}`)
    }
  } finally {
    await close()
  }
}

/** A connection that is cut once a write took effect, before that is told: an error that says so, and well again afterwards. */
export async function checkCut(service: Service, { name, input }: FaultCall): Promise<void> {
  const { simulation, proxy, lab, close } = await expose(service, { tls: false, timeoutMs: ampleMs })
  try {
    const planned = await lab.call(name, input)
    assert.ok(planned.kind === 'plan', planned.text)
    const before = hashOf(simulation.snapshot())
    const tookEffect = () => hashOf(simulation.snapshot()) !== before
    proxy.cutAfter(tookEffect)
    const result = await lab.call(name, { ...input, confirm: planned.plan.confirm })
    assert.ok(tookEffect(), `${name} took effect before the connection was cut: ${result.text}`)
    // A client may ask again for what is the same twice, and then hear that it is done.
    if (result.kind !== 'done') assert.match(result.text, /no longer what it was/, `${name} says what became of it: ${result.text}`)
    const next = await lab.call(name, input)
    // What took effect before the cut leaves nothing to plan.
    assert.ok(next.kind === 'plan' || next.kind === 'done', `${name} is well again after the connection was cut: ${next.text}`)
  } finally {
    await close()
  }
}

/** A machine that is busy may need more than one attempt within so short a limit. */
async function wellAgain(lab: SimulatedLab, name: string, input: Record<string, unknown>): Promise<CallResult> {
  let result = await lab.call(name, input)
  for (let attempt = 1; attempt < 20 && result.kind === 'error' && result.error.code === 'timeout'; attempt += 1)
    result = await lab.call(name, input)
  return result
}
