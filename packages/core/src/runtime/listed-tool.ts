import type { RegisteredTool } from '../call/registered-tool.ts'
import { listedSchema, type Surroundings } from '../call/reserved.ts'
import type { ToolListing } from '../call/surface.ts'
import type { Mount } from './mount.ts'

/** A tool as it is listed over MCP, under its name there. */
export function listedTool(
  name: string,
  mount: Mount,
  tool: RegisteredTool,
  { structured, ...surroundings }: Surroundings & { structured: boolean },
): ToolListing {
  return {
    name,
    description: tool.description,
    inputSchema: listedSchema(mount, tool, surroundings),
    ...(structured ? { outputSchema: structuredSchema(mount, tool) } : {}),
    annotations: annotationsOf(tool),
  }
}

function annotationsOf({ access, writes, write }: RegisteredTool): ToolListing['annotations'] {
  if (!writes) return { readOnlyHint: true }
  return { ...(access === 'admin' ? {} : { destructiveHint: false }), ...(write?.idempotent === true ? { idempotentHint: true } : {}) }
}

/** The shape of a structured result: what kind it is, and the output where it is done. Several instances merge into rows of their own. */
function structuredSchema(mount: Mount, tool: RegisteredTool): Record<string, unknown> {
  const output = mount.instances.length > 1 && !tool.writes ? { type: 'object' } : tool.output.jsonSchema
  return { type: 'object', properties: { kind: { type: 'string' }, output }, required: ['kind'] }
}
