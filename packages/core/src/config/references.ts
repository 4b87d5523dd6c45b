import { ToolError } from '../define/error.ts'
import { resolveReference, type Environment } from './environment.ts'
import type { ConfigurationFile } from './file.ts'
import { refuseUnknown } from './shape.ts'

/** The values of known fields of the file, references resolved; a refusal names the line. */
export async function resolvedFields(
  values: Readonly<Record<string, unknown>>,
  known: readonly string[],
  file: ConfigurationFile | undefined,
  environment: Environment,
  ...path: readonly string[]
): Promise<Record<string, unknown>> {
  refuseUnknown(Object.keys(values), known, file, ...path)
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(values)) {
    try {
      result[key] = await resolveReference(value, environment)
    } catch (problem) {
      if (!ToolError.isInstance(problem)) throw problem
      throw new ToolError(problem.code, `${file?.at(...path, key)}: ${key}: ${problem.message}`, { hint: problem.hint, cause: problem })
    }
  }
  return result
}

/** The password of an address that carries one: as secret as one in a field of its own. */
export function passwordsIn(value: string): string[] {
  if (!value.includes('://') || !URL.canParse(value)) return []
  const { password } = new URL(value)
  return password === '' ? [] : [password, decodeURIComponent(password)]
}
