import type { z } from 'zod'
import { ToolError } from './error.ts'
import type { Command } from './setup.ts'

/** The list a command of a target printed as JSON. */
export function listPrinted<Schema extends z.ZodType>(schema: Schema, printed: string, command: Command): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(printed))
  } catch (cause) {
    throw new ToolError('upstream', `'${command.join(' ')}' printed something else than its list.`, {
      hint: 'Run it there by hand: does it end without an error?',
      cause,
    })
  }
}

/** The secret in what a command of a target printed: the text under `value`, whatever stands around the JSON of it. */
export function valuePrinted(printed: string): string | undefined {
  return /"value"\s*:\s*"([^"\s]+)"/.exec(printed)?.[1]
}
