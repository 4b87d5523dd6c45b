import { ToolError } from '@rackwarden/core'
import type { ToolDefinition } from './definitions.ts'
import { checkedSchema } from './shown-schema.ts'

/** Holds inputs to the schema of a tool, so that a mistake is told before anything is asked; throws `invalid_input`. */
export type InputCheck = (input: Readonly<Record<string, unknown>>) => Promise<void>

type Validate = (input: unknown) => { valid: boolean; errorMessage?: string | undefined }

/** Makes the check of one tool; what it takes is loaded with its first call. */
export function createInputCheck({ inputSchema }: ToolDefinition): InputCheck {
  let validate: Validate | undefined
  return async (input) => {
    validate ??= await validatorOf(inputSchema)
    const checked = checkedWith(validate, input)
    if (checked === undefined || checked.valid) return
    const names = Object.keys(inputSchema['properties'] ?? {})
    throw new ToolError(
      'invalid_input',
      `The input is not what the tool takes: ${(checked.errorMessage ?? 'it does not fit').slice(0, 500)}`,
      {
        hint: names.length === 0 ? 'It takes no input.' : `The inputs are: ${names.join(', ').slice(0, 500)}.`,
      },
    )
  }
}

async function validatorOf(schema: ToolDefinition['inputSchema']): Promise<Validate> {
  const { CfWorkerJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/cf-worker')
  try {
    return new CfWorkerJsonSchemaValidator({ shortcircuit: false }).getValidator(checkedSchema(schema))
  } catch {
    // A schema nobody here understands is the server's to hold inputs to.
    return () => ({ valid: true })
  }
}

function checkedWith(validate: Validate, input: unknown): ReturnType<Validate> | undefined {
  try {
    return validate(input)
  } catch {
    // A reference that leads nowhere shows only here.
    return undefined
  }
}
