import { ToolError } from '@rackwarden/core'
import { isRecord } from '../../json-rpc.ts'

type Settings = Readonly<Record<string, unknown>>

/** The tool whose calls are judged, as Claude Code names it. */
export const judgedTool = 'Bash'

const event = 'PreToolUse'

/** Seconds Claude Code waits for an answer; it takes a fraction of one. */
const timeout = 15

/** Claude Code's settings with the hook in them, once, and everything else as it was. */
export function withHook(settings: Settings, command: string, path: string): Settings {
  const groups = groupsOf(settings, path)
  const hook = { type: 'command', command, timeout }
  if (groups.some(({ matcher, hooks }) => matcher === judgedTool && hooks.some((known) => isSame(known, hook)))) {
    if (groups.flatMap(({ hooks }) => hooks.filter(isOurs)).length === 1) return settings
  }
  const kept = groupsOf(withoutHook(settings, path), path)
  const hooks = isRecord(settings['hooks']) ? settings['hooks'] : {}
  return { ...settings, hooks: { ...hooks, [event]: [...kept, { matcher: judgedTool, hooks: [hook] }] } }
}

/** Claude Code's settings without the hook, and without what only held it. */
export function withoutHook(settings: Settings, path: string): Settings {
  const groups = groupsOf(settings, path)
  if (!groups.some(({ hooks }) => hooks.some(isOurs))) return settings
  const kept = groups.flatMap((group) => {
    const hooks = group.hooks.filter((hook) => !isOurs(hook))
    if (hooks.length === group.hooks.length) return [group]
    return hooks.length === 0 ? [] : [{ ...group, hooks }]
  })
  const { [event]: _, ...events } = settings['hooks'] as Settings
  const left = kept.length === 0 ? events : { ...(settings['hooks'] as Settings), [event]: kept }
  if (Object.keys(left).length > 0) return { ...settings, hooks: left }
  const { hooks: __, ...rest } = settings
  return rest
}

interface Group extends Settings {
  readonly hooks: readonly unknown[]
}

/** The hooks before a tool is used; what has another shape than is known is not touched. */
function groupsOf(settings: Settings, path: string): Group[] {
  const { hooks = {} } = settings
  if (!isRecord(hooks)) throw unknownShape(path, 'hooks')
  const groups = hooks[event] ?? []
  if (!Array.isArray(groups)) throw unknownShape(path, `hooks.${event}`)
  return groups.map((group: unknown, index) => {
    if (!isRecord(group) || !Array.isArray(group['hooks'])) throw unknownShape(path, `hooks.${event}[${index}]`)
    return group as Group
  })
}

function unknownShape(path: string, where: string): ToolError {
  return new ToolError('invalid_config', `'${where}' in ${path} has a shape that is not known here, and the file was left as it is.`, {
    hint: 'Add or remove the entry by hand; `hooks install --print` shows it.',
  })
}

/** A hook that runs a program of Rackwarden's, wherever it is and whatever it is told. */
function isOurs(hook: unknown): boolean {
  return isRecord(hook) && typeof hook['command'] === 'string' && /\shook pre-tool-use(?:\s|$)/.test(hook['command'])
}

function isSame(hook: unknown, other: unknown): boolean {
  return JSON.stringify(hook) === JSON.stringify(other)
}
