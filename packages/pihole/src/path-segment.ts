import { ToolError } from '@rackwarden/core'

/** True for what no path can name: however it is written, it means the folder it stands in, or the one above. */
export function isUnnameable(text: string): boolean {
  return text === '.' || text === '..'
}

/** One segment of a path, whatever it holds. */
export function pathSegment(text: string): string {
  if (isUnnameable(text))
    throw new ToolError('invalid_input', `'${text}' cannot be named in a request to Pi-hole.`, {
      hint: `As an expression it can be written as (${text}); remove the one there in the web interface of the Pi-hole.`,
    })
  return encodeURIComponent(text)
}
