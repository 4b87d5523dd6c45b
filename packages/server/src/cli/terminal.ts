/** Where a command line reads from and prints to. */
export interface Terminal {
  /** One line or more on stdout: what was asked for. */
  readonly print: (text: string) => void
  /** One line or more on stderr: everything else. */
  readonly complain: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The working directory. */
  readonly directory: string
  /** Asks whoever sits there and gives the line that was typed; missing where nobody does. */
  readonly ask?: (question: string, options?: { hidden?: boolean }) => Promise<string>
  /** Gives everything on stdin as text, as far as a bound; missing where nothing can be read. */
  readonly read?: (mostBytes: number) => Promise<string>
  /** How this process was started: the program, and the file it runs. */
  readonly program?: readonly string[]
}

/** Lays rows out in columns, as wide as they need. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
