import { z } from 'zod'
import { registeredTool, type Input, type RegisteredTool } from '../call/registered-tool.ts'
import { ToolError } from '../define/error.ts'
import { toolsFor } from '../define/tool.ts'
import type { Access } from '../define/access.ts'
import { callToolFor } from './call-line.ts'
import type { Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

const descriptions: Readonly<Record<Access, string>> = {
  observe: 'Call a tool that only reads.',
  operate: 'Call a tool that starts, stops, restarts, pauses or runs; without confirm it only plans.',
  configure: 'Call a tool that changes what lasts and can be undone; without confirm it only plans.',
  admin: 'Call a tool that deletes, runs commands or cannot be undone; without confirm it only plans.',
}

const input = z.object({
  tool: z.string().describe('Name, as search_tools gives it.'),
  input: z.record(z.string(), z.unknown()).optional().describe('Its input.'),
})

/** Stands for the tools of one access where those are not listed; the call path goes on with the tool that is named. */
function callTool(access: Access): RegisteredTool {
  const name = callToolFor(access)
  const defined = defineTool({
    name,
    title: `Call a tool of access ${access}`,
    description: descriptions[access],
    access: 'observe',
    input,
    output: z.object({}).describe('What the tool answers.'),
    run: () => Promise.reject(new TypeError(`${name} does nothing itself.`)),
  })
  return { ...registeredTool(defined), access, writes: access !== 'observe', calls: callIn }
}

/** The tools that call others, one for each access. */
export const callTools: readonly RegisteredTool[] = [callTool('observe'), callTool('operate'), callTool('configure'), callTool('admin')]

/** The call that is meant; models write an object as JSON text now and then. */
function callIn({ tool, input: given = {}, confirm, ...others }: Readonly<Input>): { tool: string; input: Readonly<Input> } {
  if (typeof tool !== 'string' || tool === '')
    throw new ToolError('invalid_input', "'tool' must be the name of a tool.", { hint: 'search_tools finds it.' })
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw new ToolError('invalid_input', `There is no input '${other}' beside 'tool'.`, {
      hint: `What ${tool} takes stands in 'input': { "tool": "${tool}", "input": { "${other}": … } }; only 'confirm' stands beside it.`,
    })
  const inner = objectIn(given)
  if (inner === undefined)
    throw new ToolError('invalid_input', "'input' must be an object.", { hint: `describe_tool shows what ${tool} takes.` })
  if (confirm === undefined) return { tool, input: inner }
  if (inner['confirm'] !== undefined && inner['confirm'] !== confirm)
    throw new ToolError('invalid_input', "'confirm' stands beside 'input' and in it, and differs.", { hint: "Put it beside 'input'." })
  return { tool, input: { ...inner, confirm } }
}

function objectIn(given: unknown): Readonly<Input> | undefined {
  const value = typeof given === 'string' ? parsed(given) : given
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Input>) : undefined
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}
