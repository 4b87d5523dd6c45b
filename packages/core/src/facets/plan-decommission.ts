import { z } from 'zod'
import { sequenceKey } from '../call/sequence-place.ts'
import { ToolError } from '../define/error.ts'
import type { Asset } from '../define/facet.ts'
import { toolsFor } from '../define/tool.ts'
import { createId } from '../record/journal.ts'
import { sequenceLifetimeMs, type Sequence, type SequenceStep } from '../record/sequences.ts'
import { askEverybody, type Asked } from './ask.ts'
import { madeLine } from './call-line.ts'
import type { Lab } from './lab.ts'
import { namesOf } from './related-assets.ts'

/** One call that takes a trace away. */
interface PlannedCall extends SequenceStep {
  line: string
  access: string
}

/** An asset, and who told of it. */
interface Trace {
  asset: Asset
  asked: Asked<unknown>
}

/** Every trace of one service over all services, as calls in order. */
export const planDecommission = toolsFor<Lab>()({
  name: 'plan_decommission',
  title: 'Plan a decommission',
  description: 'Get rid of a service, retire it: every trace (monitor, DNS record, container) as calls in order. Does nothing itself.',
  access: 'observe',
  input: z.object({
    name: z.string().min(1).describe('Name of the service, as its container or record is called.'),
    except: z.array(z.string()).optional().describe('Targets to leave.'),
  }),
  output: z.object({
    id: z.string().optional().describe('Group of the changes, for undo_change.'),
    calls: z
      .array(
        z.object({
          step: z.number().describe('Order.'),
          call: z.string().describe('Tool and input.'),
          target: z.string().describe('What it takes away.'),
          access: z.string().describe('Tier it needs.'),
        }),
      )
      .describe('Each is planned and confirmed by itself.'),
    for_good: z.array(z.string()).describe('Calls for later, when it is not missed: they cannot be taken back.'),
    by_hand: z.array(z.string()).describe('Traces no tool takes away.'),
    unmatched: z.array(z.string()).optional().describe('Of `except`, what is no trace of it.'),
    unanswered: z.array(z.string()).optional().describe('Services that could not be asked.'),
  }),
  text: ({ id, calls, for_good: forGood, by_hand: byHand, unmatched = [], unanswered = [] }, { name }) =>
    [
      calls.length === 0
        ? `No call takes anything of ${name} away.`
        : `To decommission ${name}: these calls in this order, each planned and confirmed by itself. Stop at the first that is refused.`,
      ...calls.map(({ step, call, target, access }) => `${step}. ${call}  [${target}, ${access}]`),
      ...(byHand.length === 0 ? [] : [`By hand, no tool does it: ${byHand.join(', ')}`]),
      ...(forGood.length === 0 ? [] : [`Later, for good: ${forGood.join('; ')}`]),
      ...(unmatched.length === 0 ? [] : [`No trace of it, so nothing is left out for: ${unmatched.join(', ')}`]),
      ...(unanswered.length === 0 ? [] : [`Not asked, so there may be more: ${unanswered.join('; ')}`]),
      ...(id === undefined ? [] : [`undo_change ${id} takes back what was done of it; the same call again plans what is left.`]),
    ]
      // No name may pass for a line of ours.
      .map((line) => line.replaceAll(/[\r\n\u2028\u2029]+/g, ' '))
      .join('\n'),
  run: async ({ name, except = [] }, { client, signal }) => {
    const { mounts, runtime } = client
    const asked = await askEverybody(mounts, runtime, signal, async (mount, one, context) => mount.facets?.assets(one, context) ?? [])
    const all = asked.flatMap((one) => (one.answer ?? []).map((asset): Trace => ({ asset, asked: one })))
    const title = `decommission ${name.toLowerCase()}`
    const begun = (await client.sequences.of(client.principal)).find((sequence) => sequence.title === title)
    // What is gone already may have been all that joined the rest to the name.
    const names = new Set([name.toLowerCase(), ...(begun?.names ?? [])])
    const found = tracesOf(names, all)
    const traces = found.filter(({ asset }) => !except.includes(asset.target))
    const unmatched = except.filter((target) => !found.some(({ asset }) => asset.target === target))
    const unanswered = asked.flatMap(({ mount, instance, error }) =>
      error === undefined ? [] : [`${mount.service}@${instance.name}: ${error.message}`],
    )
    if (traces.length === 0 && begun === undefined && except.length === 0)
      throw new ToolError('not_found', `Nothing here is called '${name}'.`, {
        hint: 'find_asset finds things by part of a name, or by address.',
      })
    const calls = distinct(
      inOrder(traces).flatMap((trace) => (trace.asset.removal?.calls ?? []).map((call) => plannedCall(client, trace, call))),
    )
    const forGood = distinct(
      traces.flatMap((trace) =>
        trace.asset.removal?.forGood === undefined ? [] : [plannedCall(client, trace, trace.asset.removal.forGood)],
      ),
    )
    const byHand = traces.filter(({ asset: { removal } }) => removal?.calls === undefined && removal?.forGood === undefined)
    // Where somebody does not answer, there may be more to come.
    const giveUpOrWait = async () => (unanswered.length > 0 ? begun?.id : giveUp(client, begun))
    const id = calls.length === 0 ? await giveUpOrWait() : await keep(client, { id: begun?.id, title, names: [...names] }, calls)
    return {
      ...(id === undefined ? {} : { id }),
      calls: calls.map(({ line, target, access }, index) => ({ step: index + 1, call: line, target, access })),
      for_good: forGood.map(({ line }) => line),
      by_hand: [...new Set(byHand.map(({ asset }) => asset.target))],
      ...(unmatched.length === 0 ? {} : { unmatched }),
      ...(unanswered.length === 0 ? {} : { unanswered }),
    }
  },
})

/** What goes by one of the names, and by another name of the same thing, which is added to them: never what merely shares an address with it. */
function tracesOf(names: Set<string>, all: readonly Trace[]): Trace[] {
  const found = new Set<Trace>()
  for (let size = -1; size < found.size;) {
    size = found.size
    for (const trace of all.filter((one) => !found.has(one) && namesOf(one.asset).some((own) => names.has(own)))) {
      found.add(trace)
      for (const own of namesOf(trace.asset)) names.add(own)
    }
  }
  return [...found]
}

/** What watches goes first, then what leads to it, then the thing itself. */
function inOrder(traces: readonly Trace[]): Trace[] {
  const rank = ({ asset, asked }: Trace): number => (asked.mount.watchers !== undefined ? 0 : asset.kind === 'record' ? 1 : 2)
  return traces.toSorted((first, second) => rank(first) - rank(second) || (first.asset.target < second.asset.target ? -1 : 1))
}

function plannedCall(
  lab: Lab,
  { asset, asked: { mount, instance } }: Trace,
  { tool: name, input }: { tool: string; input: Record<string, unknown> },
): PlannedCall {
  const tool = mount.tools.get(name)
  const isOne = mount.instances.length > 1 && !mount.isMirrored
  const instances = mount.isMirrored ? mount.instances.map((one) => one.name) : [instance.name]
  return {
    name: `${mount.prefix}${name}`,
    key: sequenceKey(mount.service, name, tool?.input.parse(input) ?? input, instances),
    target: asset.target,
    line: madeLine(lab, `${mount.prefix}${name}`, tool?.access ?? 'configure', isOne ? { ...input, instance: instance.name } : input),
    access: tool === undefined ? 'switched off' : tool.access,
  }
}

/** Mirrored instances tell of the same thing, which one call takes away. */
function distinct(calls: readonly PlannedCall[]): PlannedCall[] {
  return calls.filter(({ key }, index) => calls.findIndex((other) => other.key === key) === index)
}

/** Forgets a sequence nothing is left of, so that it refuses no call any more; its id where some of it happened. */
async function giveUp({ sequences, journal }: Lab, begun: Sequence | undefined): Promise<string | undefined> {
  if (begun === undefined) return undefined
  await sequences.drop(begun.id).catch(() => undefined)
  return (await journal.group(begun.id)).some(({ undoneBy }) => undoneBy === undefined) ? begun.id : undefined
}

/** Keeps the sequence, under the id it had where it was begun before; undefined where nothing can be kept. */
async function keep(
  { sequences, runtime, principal }: Lab,
  { id = createId(runtime.clock, runtime.random), ...about }: { id: string | undefined; title: string; names: readonly string[] },
  calls: readonly PlannedCall[],
): Promise<string | undefined> {
  const steps = calls.map(({ name, key, target }) => ({ name, key, target }))
  try {
    await sequences.keep({ id, principal, ...about, expires: runtime.clock.now() + sequenceLifetimeMs, steps })
    return id
  } catch {
    // Without a place to keep it the calls are as good, only not one group.
    return undefined
  }
}
