import { z } from 'zod'
import type { UptimeKumaClient } from '../client.ts'
import { findMonitor, referenceTo } from '../find-monitor.ts'
import { bears, deleteUnused, tagNamed, tagOrNew } from '../tag-facts.ts'
import { targetName } from '../target-name.ts'
import { atMost } from '../text-limit.ts'
import { defineTool, monitorInput } from './define-tool.ts'

interface Tagged {
  id: number
  name: string
  isTagged: boolean
  /** Whether any monitor may bear it: it is among the tags. */
  isKnown: boolean
}

const input = z.object({
  monitor: monitorInput,
  tag: atMost(100).describe('Made if new.'),
  value: z
    .string()
    .regex(/^[^]{0,100}$/)
    .default('')
    .describe('Value.'),
})

async function readState(
  { monitor: reference, tag, value }: z.output<typeof input>,
  { client, signal }: { client: UptimeKumaClient; signal: AbortSignal },
): Promise<Tagged> {
  const [monitors, tags] = await Promise.all([client.refresh(signal), client.tags(signal)])
  const monitor = findMonitor(monitors, reference)
  return { id: monitor.id, name: monitor.name, isTagged: bears(monitor, tag, value), isKnown: tagNamed(tags, tag) !== undefined }
}

const basis = ({ id, isTagged, isKnown }: Tagged) => ({ id, isTagged, isKnown })
const written = (tag: string, value: string) => (value === '' ? tag : `${tag}: ${value}`)

/** Tags a monitor. */
export const tagMonitor = defineTool({
  name: 'tag_monitor',
  title: 'Tag a monitor',
  description: 'Put a tag (label) on a monitor, with a value if it needs one.',
  access: 'configure',
  toolset: 'setup',
  idempotent: true,
  input,
  output: z.object({ monitor: z.string().describe('Name.'), tag: z.string().describe('Tag.') }),
  state: readState,
  basis,
  plan({ tag, value }, { state, instance }) {
    const targets = [targetName(instance, 'monitor', state.name), targetName(instance, 'tag', tag)]
    if (state.isTagged) return { summary: `${state.name} bears that tag already`, targets, nothing: true }
    return {
      summary: `Tag ${state.name} with ${written(tag, value)}`,
      targets,
      diff: [...(state.isKnown ? [] : [`tag ${tag}: (none) → new`]), `${state.name}: → ${written(tag, value)}`],
    }
  },
  async run({ tag, value }, { client, state, signal }) {
    if (!state.isTagged)
      await client.inTurn(async () => client.attachTag(state.id, { id: (await tagOrNew(tag, client, signal)).id, value }, signal))
    return { monitor: state.name, tag: written(tag, value) }
  },
  settled: ({ isTagged }) => isTagged || 'it does not bear it yet',
  undo: (before, { tag, value }) =>
    before.isTagged
      ? { tool: 'tag_monitor', input: { monitor: referenceTo(before), tag, value } }
      : { tool: 'remove_tag', input: { monitor: referenceTo(before), tag, value, is_new: !before.isKnown } },
})

/** Takes a tag off a monitor again. */
export const removeTag = defineTool({
  name: 'remove_tag',
  title: 'Take a tag off',
  description: 'Takes tag_monitor back: takes the tag off, and deletes it where it was made for this.',
  access: 'configure',
  toolset: 'setup',
  internal: true,
  idempotent: true,
  input: input.extend({ is_new: z.boolean().describe('It was made for this.') }),
  output: z.object({ monitor: z.string().describe('Name.') }),
  state: readState,
  basis,
  plan: ({ tag, value }, { state, instance }) => ({
    summary: `Take the tag ${written(tag, value)} off ${state.name}`,
    targets: [targetName(instance, 'monitor', state.name), targetName(instance, 'tag', tag)],
    diff: state.isTagged ? [`${state.name}: ${written(tag, value)} → (none)`] : [],
  }),
  async run({ tag, value, is_new: isNew }, { client, state, signal }) {
    const known = tagNamed(await client.tags(signal), tag)
    if (known !== undefined) await client.detachTag(state.id, { id: known.id, value }, signal)
    await deleteUnused(isNew ? [tag] : [], client, signal)
    return { monitor: state.name }
  },
  settled: ({ isTagged }) => !isTagged || 'it still bears it',
  undo: (before, { tag, value }) => ({ tool: 'tag_monitor', input: { monitor: referenceTo(before), tag, value } }),
})
