import { ToolError } from '@rackwarden/core'
import type { ToolDefinition } from './definitions.ts'
import { checkedSchema } from './shown-schema.ts'

/** Holds an input to the schema of its tool, so that a mistake is told before anything is asked; throws `invalid_input`. */
export async function checkInput({ inputSchema }: ToolDefinition, input: Readonly<Record<string, unknown>>): Promise<void> {
  const { CfWorkerJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/cf-worker')
  let checked: { valid: boolean; errorMessage?: string | undefined }
  try {
    checked = new CfWorkerJsonSchemaValidator({ shortcircuit: false }).getValidator(checkedSchema(inputSchema))(input)
  } catch {
    // A schema nobody here understands is the server's to hold inputs to.
    return
  }
  if (checked.valid) return
  const names = Object.keys((inputSchema['properties'] ?? {}) as object)
  throw new ToolError(
    'invalid_input',
    `The input is not what the tool takes: ${(checked.errorMessage ?? 'it does not fit').slice(0, 500)}`,
    {
      hint: names.length === 0 ? 'It takes no input.' : `The inputs are: ${names.join(', ').slice(0, 500)}.`,
    },
  )
}
