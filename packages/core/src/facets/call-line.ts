import type { Exposure } from '../call/exposure.ts'
import type { Access } from '../define/access.ts'

/** The tool that calls others of an access, where those are not listed. */
export function callToolFor(access: Access): string {
  return `call_${access}`
}

/** A call as a line: the tool as it is listed, and its input. What could pass for something else is quoted: names are an upstream's. */
export function callLine(name: string, input: Readonly<Record<string, unknown>>): string {
  const inputs = Object.entries(input).map(
    ([key, value]) => `${key}=${typeof value === 'string' && !/["=\p{C}\u2028\u2029]/u.test(value) ? value : JSON.stringify(value)}`,
  )
  return [name, ...inputs].join(' ')
}

/** A call as a line that can be made where the tool is not listed, too. */
export function madeLine(
  { exposure, prefix }: { exposure: Exposure; prefix: string },
  name: string,
  access: Access,
  input: Readonly<Record<string, unknown>>,
): string {
  return exposure === 'all' ? callLine(name, input) : callLine(`${prefix}${callToolFor(access)}`, { tool: name, input })
}
