import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../call/canonical.ts'
import type { CallResult } from '../call/result.ts'
import { estimateTokens } from '../present/budget.ts'
import { traitsOf } from '../define/field.ts'
import type { Service } from '../define/service.ts'
import type { Tool, WriteTool } from '../define/tool.ts'
import type { SimulatedLab } from './simulated-lab.ts'

const hardCapTokens = 10_000

/** A read answers as its schema says, within the budget, and changes nothing. */
export async function checkRead(lab: SimulatedLab, name: string, input: Record<string, unknown>): Promise<void> {
  const before = hashOf(lab.simulation.snapshot())
  const result = await lab.call(name, input)
  assert.equal(result.kind, 'done', result.text)
  assert.ok(estimateTokens(result.text) <= hardCapTokens, `${name} stays within the hard cap`)
  assert.equal(hashOf(lab.simulation.snapshot()), before, `${name} changes nothing`)
}

/** Input that names what is not there is answered with a code and a hint, and changes nothing. */
export async function checkWrong(lab: SimulatedLab, name: string, input: Record<string, unknown>): Promise<void> {
  const before = hashOf(lab.simulation.snapshot())
  const result = await lab.call(name, input)
  assert.equal(result.kind, 'error', `${name} refuses ${JSON.stringify(input)}`)
  assert.ok(
    result.kind === 'error' && result.error.hint,
    `${name} says what is wrong, but not what to do: ${result.text} Throw ToolError(code, message, { hint }) there.`,
  )
  assert.doesNotMatch(result.text, /\n\s+at /, 'no stack trace')
  assert.equal(hashOf(lab.simulation.snapshot()), before, `${name} changes nothing`)
}

/** The gate: without a token nothing happens; with it exactly that, once; and what has an inverse can be taken back. */
export async function checkWrite(lab: SimulatedLab, tool: Tool<unknown>, input: Record<string, unknown>): Promise<void> {
  const { name } = tool.definition
  const before = hashOf(lab.simulation.snapshot())
  const planned = planOf(await lab.call(name, input))
  assert.equal(hashOf(lab.simulation.snapshot()), before, `${name} without a token changes nothing`)
  for (const target of planned.targets) assert.match(target, /^[a-z0-9-]+(@[^/]+)?\/[^/]+\/.+$/, `'${target}' is a target`)
  const altered = planned.confirm.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
  await denied(lab.call(name, { ...input, confirm: altered }), `${name} refuses an altered token`)
  await denied(
    lab.call(name, { ...input, confirm: planned.confirm }, { principal: 'local:somebody-else' }),
    `${name} refuses another principal's token`,
  )
  await denied(lab.call(name, { ...input, confirm: planned.confirm }, { tier: 'observe' }), `${name} refuses a caller below its tier`)
  assert.equal(hashOf(lab.simulation.snapshot()), before, `${name} refused changes nothing`)
  const stateBefore = await stateOf(lab, tool, input)
  const done = await lab.call(name, { ...input, confirm: planned.confirm })
  assert.equal(done.kind, 'done', done.text)
  const settled = hashOf(lab.simulation.snapshot())
  const again = await lab.call(name, { ...input, confirm: planned.confirm })
  assert.ok(again.kind === 'done' && again.already === true, `${name} replayed says it is already done`)
  assert.equal(hashOf(lab.simulation.snapshot()), settled, `${name} replayed changes nothing`)
  if (tool.kind === 'write' && typeof tool.definition.undo === 'function') await checkUndo(lab, tool, input, done, stateBefore)
}

async function checkUndo(
  lab: SimulatedLab,
  tool: WriteTool<unknown>,
  input: Record<string, unknown>,
  done: CallResult,
  before: unknown,
): Promise<void> {
  const { name } = tool.definition
  assert.ok(done.kind === 'done' && done.change !== undefined, `${name} leaves a change`)
  // As a caller takes it back: an inverse may be a tool that is never listed.
  const { confirm } = planOf(await lab.call('undo_change', { change: done.change }))
  const undone = await lab.call('undo_change', { change: done.change, confirm })
  assert.equal(undone.kind, 'done', undone.text)
  assert.deepEqual(basisOf(tool, await stateOf(lab, tool, input)), basisOf(tool, before), `undo_change restores what ${name} changed`)
}

/** What plans are bound to is what an undo must bring back. */
function basisOf({ definition }: WriteTool<unknown>, state: unknown): unknown {
  return definition.basis === undefined ? state : definition.basis(state)
}

async function stateOf(lab: SimulatedLab, tool: Tool<unknown>, input: Record<string, unknown>): Promise<unknown> {
  assert.equal(tool.kind, 'write')
  const [mount] = lab.catalogue.mounts
  const registered = mount?.tools.get(tool.definition.name)
  const [instance] = mount?.instances ?? []
  assert.ok(registered?.write !== undefined && instance !== undefined)
  const context = {
    client: await instance.client(),
    instance: instance.name,
    signal: new AbortController().signal,
    progress: () => undefined,
  }
  return registered.write.state(registered.input.parse(input), context)
}

/** No secret of the configuration stands in any result or in anything kept on disk. */
export async function checkSecrets(lab: SimulatedLab, service: Service, results: readonly CallResult[]): Promise<void> {
  const secrets = Object.entries(service.config).flatMap(([field, schema]) => {
    const value = lab.simulation.config[field]
    return traitsOf(schema).secret === true && typeof value === 'string' ? [value] : []
  })
  await lab.catalogue.runtime.audit.flush()
  const kept = await Promise.all(
    (await readdir(lab.stateDirectory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  )
  for (const secret of secrets)
    for (const text of [...results.map((result) => JSON.stringify(result)), ...kept])
      assert.ok(!text.includes(secret), 'a secret of the configuration leaves the process')
}

function planOf(result: CallResult): { confirm: string; targets: readonly string[] } {
  assert.equal(result.kind, 'plan', result.text)
  return result.plan
}

async function denied(answer: Promise<CallResult>, message: string): Promise<void> {
  const result = await answer
  assert.equal(result.kind === 'error' ? result.error.code : result.kind, 'denied', message)
}
