import assert from 'node:assert/strict'
import type { Connection } from '../define/connection.ts'
import type { ErrorCode } from '../define/error.ts'
import type { Service } from '../define/service.ts'
import { hashOf } from '../call/canonical.ts'
import type { CallResult } from '../call/result.ts'
import { createFaultProxy, type Fault } from './fault-proxy.ts'
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
  truncated: ['upstream', 'unreachable'],
  slow: ['timeout'],
  oversized: ['upstream'],
  wrongCertificate: ['unreachable'],
}

/** What a fault that never ends is cut off at; the others answer at once, and a busy machine is no fault of theirs. */
const limitMs: Partial<Record<Fault, number>> = { hang: 200, slow: 200 }
const ampleMs = 5_000

/** One fault of the wire over health, a read and a write: a clear error, nothing changed, and well again afterwards. */
export async function checkFault(
  service: Service,
  fault: Fault,
  calls: readonly { name: string; input: Record<string, unknown> }[],
): Promise<void> {
  const simulation = await (await service.simulate()).default()
  const { connection } = simulation
  assert.ok(connection !== undefined, 'the simulator answers through a connection')
  const proxy = await createFaultProxy(forwardTo(connection), { tls: fault === 'wrongCertificate' })
  const lab = await openSimulatedLab(service, {
    configuration: {
      url: proxy.url,
      timeoutMs: limitMs[fault] ?? ampleMs,
      ...(proxy.fingerprint === undefined ? {} : { tlsFingerprint: proxy.fingerprint }),
    },
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
    await lab.close()
    await proxy.close()
    await simulation.close?.()
  }
}

/** A machine that is busy may need more than one attempt within so short a limit. */
async function wellAgain(lab: SimulatedLab, name: string, input: Record<string, unknown>): Promise<CallResult> {
  let result = await lab.call(name, input)
  for (let attempt = 1; attempt < 20 && result.kind === 'error' && result.error.code === 'timeout'; attempt += 1)
    result = await lab.call(name, input)
  return result
}

function forwardTo(connection: Connection): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.text()
    return connection.fetch(`${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...(body === undefined ? {} : { body }),
    })
  }
}
