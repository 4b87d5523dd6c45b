import { ToolError } from '../define/error.ts'
import { createId } from '../record/journal.ts'
import { thisProcess } from '../record/owner-process.ts'
import type { PartialWrite, PartState } from '../record/partial-writes.ts'
import { orLog, withListedNames, type Call } from './call.ts'
import { asToolError, type ClaimedWrite, type Outcome } from './outcome.ts'
import { errorResult, outputText, presentable } from './respond.ts'
import { isMirrored, listed, placeOf } from './step.ts'
import { takeBack } from './take-back.ts'
import { doneIn, hintOf, takeEffect, wayBackOf, type Effect } from './take-effect.ts'
import type { Taking } from './taking.ts'

/**
 * Does the parts of a write one after the other. A write to mirrored instances that fails on one of them is taken back on those
 * that have it; taking back a group stops at the first that fails, and goes on from there when it is asked for again.
 */
export async function takeInOrder(call: Call, claimed: ClaimedWrite, asked: Taking): Promise<Outcome> {
  const { clock, random } = call.environment.runtime
  const own = createId(clock, random)
  const { group = own } = asked
  const taking = { ...asked, group, confirm: undefined }
  const isOfMirrors = isMirrored(call, [...claimed.steps, ...claimed.absent])
  const progress = isOfMirrors ? await beginPartial(call, claimed, { id: own, group }) : undefined
  const effects: Effect[] = []
  // Where it is so already, nothing is done.
  for (const step of claimed.steps.filter(({ plan }) => plan.nothing !== true)) {
    await progress?.note(step.instance.name, 'running')
    const effect = await takeEffect(step, taking)
    effects.push(effect)
    await progress?.note(step.instance.name, stateOf(effect))
    if (effect.problem !== undefined) break
  }
  const failed = effects.find(({ problem }) => problem !== undefined)
  if (failed === undefined) {
    await progress?.end()
    return doneOutcome(call, claimed, effects, group)
  }
  if (!isOfMirrors) return stopped(call, effects, failed, group)
  const left: string[] = []
  for (const effect of effects.toReversed().filter(({ happened }) => happened !== false)) {
    const { name } = effect.step.instance
    const problem = await takeBack(effect, taking)
    await progress?.note(name, problem === undefined ? 'taken back' : 'unknown')
    if (problem !== undefined) left.push(`${name}: ${problem}`)
  }
  await progress?.end()
  return failedOutcome(call, effects, failed, left, group)
}

function stateOf({ happened, problem }: Effect): PartState {
  if (problem === undefined) return 'done'
  return happened === false ? 'failed' : 'unknown'
}

/** Keeps how far a write has come, before it begins: what a crash leaves is then known. */
async function beginPartial(call: Call, { record, steps, absent }: ClaimedWrite, { id, group }: { id: string; group: string }) {
  const { environment, mount, request, tool } = call
  const { partialWrites, runtime } = environment
  let write: PartialWrite = {
    id,
    group,
    at: new Date(runtime.clock.now()).toISOString(),
    principal: request.caller.principal,
    service: mount.service,
    tool: tool.name,
    summary: record.plan.summary,
    targets: record.plan.targets,
    instances: Object.fromEntries([
      ...steps.map(({ instance, plan }) => [instance.name, plan.nothing === true ? 'done' : 'planned'] as const),
      ...absent.map((name) => [name, 'missed'] as const),
    ]),
    ...thisProcess(),
  }
  await partialWrites.keep(write)
  const isEverywhereAlike = () => {
    const states = Object.values(write.instances)
    return (
      states.every((state) => state === 'done') || states.every((state) => ['planned', 'failed', 'taken back', 'missed'].includes(state))
    )
  }
  return {
    note: async (instance: string, state: PartState): Promise<void> => {
      write = { ...write, instances: { ...write.instances, [instance]: state } }
      await orLog(call, 'How far it came could not be kept', partialWrites.keep(write))
    },
    end: async (): Promise<void> => {
      // What was not begun will not be: while this process lives, it would pass for under way.
      const instances = Object.entries(write.instances).map(([name, state]) => [name, state === 'planned' ? 'missed' : state] as const)
      if (!isEverywhereAlike()) {
        write = { ...write, instances: Object.fromEntries(instances) }
        await orLog(call, 'How far it came could not be kept', partialWrites.keep(write))
      }
      if (isEverywhereAlike()) await orLog(call, 'The record of what it was to be could not be removed', partialWrites.drop(id))
    },
  }
}

function doneOutcome(call: Call, claimed: ClaimedWrite, effects: readonly Effect[], group: string): Outcome {
  const { environment, tool, input } = call
  const { record, absent } = claimed
  const secrets = environment.runtime.secrets
  const waited = effects.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const unkept = effects.filter(({ change }) => change === undefined)
  const ways = [...new Set(effects.map(({ step }) => wayBackOf(step)))].join('; ')
  const outputs = effects.map(({ step, output }) => ({ step, shown: presentable(output, secrets) }))
  const [first] = outputs
  const isSame = outputs.every(({ shown }) => JSON.stringify(shown) === JSON.stringify(first?.shown))
  const output = isSame
    ? first?.shown
    : { results: outputs.map(({ step, shown }) => ({ instance: step.instance.name, ...(shown as object) })) }
  const lines = [
    `${doneIn(claimed.steps, waited)}: ${record.plan.summary}. ${claimed.place === undefined ? `Changes ${group}; ${ways}` : `It belongs to ${group}, which undo_change takes back as a whole`}.`,
    ...absent.map((name) => `${name} missed it.`),
    ...unkept.map(({ step }) => `The change on ${step.instance.name} could not be kept in the journal.`),
    ...(isSame && isMirrored(call, effects)
      ? [outputText(tool, output, input)]
      : outputs.map(({ step, shown }) => `${placeOf(step)}:\n${outputText(step.call.tool, shown, step.call.input)}`)),
  ]
  return { result: { kind: 'done', output, text: lines.join('\n'), change: group }, change: group }
}

function failedOutcome(call: Call, effects: readonly Effect[], failed: Effect, left: readonly string[], group: string): Outcome {
  const { environment, mount } = call
  const { name } = failed.step.instance
  const problem = asToolError(failed.problem)
  const had = effects.filter((effect) => effect !== failed).map(({ step }) => step.instance.name)
  const message = `${name}: ${problem.message}`
  // What was seen of the state right after is no longer so where everything was taken back.
  const isNowhere = left.length === 0
  const hint = hintOf(isNowhere ? { problem } : failed).map((part) => withListedNames(part, mount))
  const error = isNowhere
    ? new ToolError(
        problem.code,
        `${message}${had.length === 0 ? '' : ` It was taken back on ${listed(had)}.`} Nothing is changed anywhere.`,
        {
          hint: [...hint, `Mend ${name}, then plan again.`].join(' '),
          cause: problem,
        },
      )
    : new ToolError(problem.code, `${message} It could not be taken back everywhere, so the instances differ now: ${left.join('; ')}`, {
        hint: [...hint, `Mend what failed, then undo_change ${group} takes back what is left.`].join(' '),
        cause: problem,
      })
  const { secrets } = environment.runtime
  return { result: errorResult(error, secrets), ...(effects.some(({ change }) => change !== undefined) ? { change: group } : {}) }
}

function stopped(call: Call, effects: readonly Effect[], failed: Effect, group: string): Outcome {
  const problem = asToolError(failed.problem)
  const done = effects.filter(({ problem: own }) => own === undefined)
  const error = new ToolError(problem.code, `${failed.step.plan.summary}: ${problem.message}`, {
    hint: [
      ...hintOf(failed),
      `${done.length} of the changes were taken back, this and what came before it were not: the same call plans the rest.`,
    ].join(' '),
    cause: problem,
  })
  return {
    result: errorResult(error, call.environment.runtime.secrets),
    ...(effects.some(({ change }) => change !== undefined) ? { change: group } : {}),
  }
}
