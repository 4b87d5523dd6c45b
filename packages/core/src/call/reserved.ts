import { ToolError } from '../define/error.ts'
import type { Instance } from '../runtime/instance.ts'
import type { Mount } from '../runtime/mount.ts'
import type { CallOptions } from './call.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Input, RegisteredTool } from './registered-tool.ts'
import { didYouMean } from '../define/nearest-names.ts'

/** A call's input, parted into what core reads and what the tool does. */
export interface ReservedInputs {
  given: Input
  confirm: string | undefined
  instances: readonly Instance[]
  options: CallOptions
}

/** Takes the reserved inputs out; throws where they are wrong or one is missing. */
export function parseReserved(mount: Mount, tool: RegisteredTool, input: Readonly<Input>): ReservedInputs {
  const { confirm, instance, allow_partial: allowPartial, watchers, snapshot_first: snapshotFirst, ...given } = input
  if (confirm !== undefined && (typeof confirm !== 'string' || !tool.writes))
    throw new ToolError(
      'invalid_input',
      tool.writes ? `'confirm' must be the token of a plan.` : `${tool.name} only reads and takes no 'confirm'.`,
      { hint: ownInput(tool, 'confirm') ?? 'Leave it out.' },
    )
  if (allowPartial !== undefined && (typeof allowPartial !== 'boolean' || !takesPartial(mount, tool)))
    throw new ToolError(
      'invalid_input',
      takesPartial(mount, tool) ? `'allow_partial' must be true or false.` : `${tool.name} takes no 'allow_partial'.`,
      { hint: 'Leave it out.' },
    )
  if (watchers !== undefined && (watchers !== 'ignore' || !passesByItself(tool)))
    throw new ToolError('invalid_input', passesByItself(tool) ? `'watchers' can only be 'ignore'.` : `${tool.name} takes no 'watchers'.`, {
      hint: 'Leave it out.',
    })
  if (snapshotFirst !== undefined && (typeof snapshotFirst !== 'boolean' || !takesWayBack(tool)))
    throw new ToolError(
      'invalid_input',
      takesWayBack(tool) ? `'snapshot_first' must be true or false.` : `${tool.name} takes no 'snapshot_first'.`,
      { hint: ownInput(tool, 'snapshot_first') ?? 'Leave it out.' },
    )
  const options: CallOptions = {
    ...(allowPartial === true ? { allowPartial } : {}),
    ...(watchers === 'ignore' ? { watchers } : {}),
    ...(snapshotFirst === true ? { snapshotFirst } : {}),
  }
  return { given, confirm, instances: chosen(mount, tool, instance), options }
}

/** What a tool that is not ours has under a name of ours, which is moved for it. */
function ownInput({ input: { jsonSchema } }: RegisteredTool, name: string): string | undefined {
  const isMoved = Object.keys(jsonSchema['properties'] ?? {}).includes(`${name}_`)
  return isMoved ? `Its own input of that name is '${name}_'.` : undefined
}

/** What leaves nothing is not news to what watches its targets; what is stopped stays so, and whoever watches it should say it. */
export function passesByItself({ write }: RegisteredTool): boolean {
  return write?.undo === 'transient'
}

/** What writes inside of a machine can be preceded by a way back to that. */
function takesWayBack({ write }: RegisteredTool): boolean {
  return write?.wayBackFirst === true
}

/** Only what is written to several instances at once can be written to some of them. */
function takesPartial({ isMirrored, instances }: Mount, { writes }: RegisteredTool): boolean {
  return isMirrored && instances.length > 1 && writes
}

function chosen(mount: Mount, tool: RegisteredTool, name: unknown): readonly Instance[] {
  const names = mount.instances.map((instance) => instance.name)
  if (names.length === 0)
    throw new ToolError('invalid_config', `${mount.title} is not configured.`, {
      hint: `Set ${mount.missing.join(', ')}, or add it to rackwarden.yaml; doctor says more.`,
    })
  if (name === undefined) {
    if (tool.writes && names.length > 1 && !mount.isMirrored)
      throw new ToolError('invalid_input', `There are several instances of ${mount.title}; say which with 'instance'.`, {
        hint: `The instances are: ${names.join(', ')}.`,
      })
    return mount.instances
  }
  const found = mount.instances.find((instance) => instance.name === name)
  const written = typeof name === 'string' ? name : JSON.stringify(name)
  if (found === undefined)
    throw new ToolError('invalid_input', `There is no instance '${written}' of ${mount.title}.${didYouMean(written, names)}`, {
      hint: `The instances are: ${names.join(', ')}.`,
    })
  return [found]
}

/** What else is configured, as far as it decides which reserved inputs apply. */
export interface Surroundings {
  /** Whether another service may watch what it writes to. */
  isWatched: boolean
  /** Whether a service offers a way back. */
  hasWayBack: boolean
}

/** The input schema as listed: the tool's own, and the reserved inputs that apply. */
export function listedSchema(mount: Mount, tool: RegisteredTool, { isWatched, hasWayBack }: Surroundings): JsonSchema {
  const { properties = {}, required = [], ...rest } = tool.input.jsonSchema as { properties?: object; required?: string[] }
  const names = mount.instances.map((instance) => instance.name)
  const several = names.length > 1
  const needed = several && tool.writes && !mount.isMirrored ? [...required, 'instance'] : required
  return {
    ...rest,
    type: 'object',
    properties: {
      ...properties,
      ...(several ? { instance: { type: 'string', enum: names } } : {}),
      ...(takesPartial(mount, tool) ? { allow_partial: { description: 'Without those down.', type: 'boolean' } } : {}),
      ...(hasWayBack && takesWayBack(tool) ? { snapshot_first: { type: 'boolean' } } : {}),
      ...(isWatched && passesByItself(tool) ? { watchers: { type: 'string', enum: ['ignore'] } } : {}),
      ...(tool.writes ? { confirm: { description: 'Plan token.', type: 'string' } } : {}),
    },
    ...(needed.length === 0 ? {} : { required: needed }),
  }
}
