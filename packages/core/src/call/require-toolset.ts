import { ToolError } from '../define/error.ts'
import type { Mount } from '../runtime/mount.ts'
import type { RegisteredTool } from './registered-tool.ts'
import type { View } from './view.ts'

/** Why a tool is off, and how it is switched on; undefined where it is on. */
export function toolsetOff({ service, toolsets, toolsetsOn }: Mount, { toolset }: RegisteredTool, view: View): string | undefined {
  if (toolset === undefined || toolsets === undefined) return undefined
  const name = `${service}.${toolset}`
  if (toolsetsOn?.includes(toolset) === false) return `The owner adds '${toolset}' to services.${service}.toolsets in rackwarden.yaml.`
  const [granted, asked] = [view.caller.toolsets?.[service], view.toolsets?.[service]]
  if (granted?.includes(toolset) === false) return `The owner grants it to a token with 'token create --toolsets ${name}'.`
  if (asked !== undefined)
    return asked.includes(toolset) ? undefined : `It is on at an address whose toolsets have ${name}, or that names none of ${service}.`
  if (toolsetsOn !== undefined || granted !== undefined || toolsets.get(toolset)?.byDefault !== false) return undefined
  return `It is on at an address with ?toolsets=${name}, or the owner adds '${toolset}' to services.${service}.toolsets in rackwarden.yaml.`
}

/** Refuses a tool whose toolset is off, and says how it is switched on. */
export function requireToolset(mount: Mount, tool: RegisteredTool, view: View & { name: string }): void {
  const hint = toolsetOff(mount, tool, view)
  if (hint === undefined) return
  throw new ToolError('denied', `${view.name} is in the toolset '${tool.toolset}' of ${mount.title}, which is off here.`, { hint })
}
