import { ToolError } from '@rackwarden/core'

/**
 * Writes an argument vector as one line of a POSIX shell that means exactly these arguments.
 * The only place where text becomes shell code.
 */
export function quote(argv: readonly string[]): string {
  return argv
    .map((argument) => {
      if (argument.includes('\0')) throw new ToolError('invalid_input', 'An argument holds a NUL character, which no program can be given.')
      // Everything is literal between single quotes, but for the quote itself.
      return `'${argument.replaceAll("'", String.raw`'\''`)}'`
    })
    .join(' ')
}
