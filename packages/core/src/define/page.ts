import { ToolError } from './error.ts'

/** Rows of a page where no limit is given. */
export const usualRows = 50

/** Cuts one page out of rows that are all at hand, fifty where no limit is given; the cursor is the position of the next row. */
export function page<Row>(
  rows: readonly Row[],
  { limit = usualRows, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): { rows: Row[]; next_cursor?: string } {
  const start = cursor === undefined ? 0 : Number(cursor)
  if (!Number.isSafeInteger(start) || start < 0)
    throw new ToolError('invalid_input', `'${cursor}' is not a cursor.`, { hint: 'Take `next_cursor` of the answer before, unchanged.' })
  const end = start + limit
  return { rows: rows.slice(start, end), ...(end < rows.length ? { next_cursor: String(end) } : {}) }
}

/** Rows as they are told: what each says of the next page is for whoever cuts them. */
export function withoutCursors<Row extends { cursor: string }>(rows: readonly Row[]): Omit<Row, 'cursor'>[] {
  return rows.map((row) => {
    const { cursor: _, ...rest } = row
    return rest
  })
}
