import assert from 'node:assert/strict'
import { ToolError } from '../define/error.ts'
import { httpConfig, sshConfig, traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'
import { checkRead, checkSecrets, checkWrite, checkWrong } from './call-checks.ts'
import { checkCut, checkFault } from './fault-checks.ts'
import { faults } from './fault.ts'
import { checkPitfalls } from './pitfall-checks.ts'
import { openSimulatedLab } from './simulated-lab.ts'
import { checkSurface } from './surface-checks.ts'
import { wayTo } from './way-to.ts'

/** Inputs the suite calls a tool with. */
export interface Sample {
  /** Input that works on the default simulated world. */
  right: Record<string, unknown>
  /** Input that names something that is not there, where the tool can be given such. */
  wrong?: Record<string, unknown>
}

/** What the suite needs besides the service. */
export interface TestServiceOptions {
  /** The test function of any runner: `test` of vitest, of node:test, … */
  test: (name: string, run: () => Promise<void>) => unknown
  /** By tool name; a tool without required inputs needs none. */
  samples?: Readonly<Record<string, Sample>>
}

/** The conformance suite every service passes: its words, its reads, its gate, its secrets and every fault of the wire. */
export function testService(service: Service, { test, samples = {} }: TestServiceOptions): void {
  const sampleOf = (name: string): Sample => samples[name] ?? { right: {} }
  const reads = service.tools.filter((tool) => tool.kind === 'read')
  const writes = service.tools.filter((tool) => tool.kind === 'write' && tool.definition.internal !== true)

  test(`${service.name}: names, verbs and descriptions are as a model needs them`, async () => checkSurface(service))

  if (service.pitfalls !== undefined)
    test(`${service.name}: what surprises about it is said shortly, and names tools there are`, () => checkPitfalls(service))

  test(`${service.name}: the simulator is healthy, and what it finds has a stable id and a tool to call next`, async () => {
    const lab = await openSimulatedLab(service)
    try {
      const health = await lab.call('service_health')
      assert.ok(health.kind === 'done' && (health.output as { status: string }).status === 'ok', health.text)
      const [first, second] = [await lab.call('needs_attention'), await lab.call('needs_attention')]
      assert.ok(first.kind === 'done' && second.kind === 'done', first.text)
      const found = (result: typeof first) => (result.output as { findings: { id: string; next?: string }[] }).findings
      assert.deepEqual(
        found(first).map(({ id }) => id),
        found(second).map(({ id }) => id),
      )
      const names = service.tools.map((tool) => tool.definition.name)
      for (const { next } of found(first))
        if (next !== undefined) assert.ok(names.includes(next.split(' ')[0] ?? ''), `'${next}' names a tool`)
    } finally {
      await lab.close()
    }
  })

  for (const { definition } of reads)
    test(`${service.name}: ${definition.name} reads what its schema says and changes nothing`, async () => {
      const lab = await openSimulatedLab(service)
      try {
        const { right, wrong } = sampleOf(definition.name)
        await checkRead(lab, definition.name, right)
        if (wrong !== undefined) await checkWrong(lab, definition.name, wrong)
        await checkWrong(lab, definition.name, { ...right, no_such_input: 1 })
      } finally {
        await lab.close()
      }
    })

  for (const tool of writes)
    test(`${service.name}: ${tool.definition.name} plans first, runs once, and is taken back by its inverse`, async () => {
      const lab = await openSimulatedLab(service)
      try {
        const { right, wrong } = sampleOf(tool.definition.name)
        await checkWrite(lab, tool, right)
        if (wrong !== undefined) await checkWrong(lab, tool.definition.name, wrong)
      } finally {
        await lab.close()
      }
    })

  test(`${service.name}: no secret of its configuration leaves the process`, async () => {
    const lab = await openSimulatedLab(service)
    try {
      const results = []
      for (const { definition } of service.tools) results.push(await lab.call(definition.name, sampleOf(definition.name).right))
      await checkSecrets(lab, service, results)
    } finally {
      await lab.close()
    }
  })

  // What the way out is opened with is tried where the way is.
  const ofTheWay = Object.keys({ ...httpConfig, ...sshConfig })
  const secretFields = Object.entries(service.config).filter(
    ([field, schema]) => traitsOf(schema).secret === true && !ofTheWay.includes(field),
  )
  if (secretFields.length > 0)
    test(`${service.name}: wrong credentials are 'unauthorized'`, async () => {
      const simulation = await (await service.simulate()).default()
      const connection = wayTo(simulation)
      try {
        for (const [field] of secretFields) {
          const client = service.connect({ ...simulation.config, [field]: 'not-the-right-one' }, connection)
          await assert.rejects(
            async () => service.health(await client, { instance: 'default', signal: new AbortController().signal }),
            (error) => ToolError.isInstance(error) && error.code === 'unauthorized',
          )
        }
      } finally {
        await connection.close?.()
        await simulation.close?.()
      }
    })

  // What is reached over HTTP or WebSocket has the fields of it; the wire of anything else is broken by tests of its own.
  if ('tlsFingerprint' in service.config) {
    const [read] = reads
    const [write] = writes
    const callOf = ({ definition: { name } }: { definition: { name: string } }) => ({ name, input: sampleOf(name).right })
    const calls = [read, write].flatMap((tool) => (tool === undefined ? [] : [callOf(tool)]))
    for (const fault of faults)
      test(`${service.name}: '${fault}' on the wire is told clearly and leaves nothing broken`, () => checkFault(service, fault, calls))
    if (write !== undefined)
      test(`${service.name}: a connection cut in the middle of a write, on the wire, says what became of it`, () =>
        checkCut(service, callOf(write)))
  }
}
