/** Between cells: one token with the cell behind it, and the only thing that must be escaped in a cell. */
const separator = ' | '

type Row = Record<string, unknown>

/** Gives an output the general form a model reads: lines `key: value`, then a compact table for each list of rows. */
export function renderOutput(output: unknown): string {
  if (typeof output === 'string') return output
  if (output === undefined || output === null) return 'none'
  if (!isRow(output) && !Array.isArray(output)) return scalar(output)
  const lines: string[] = []
  const tables: [name: string, rows: readonly Row[]][] = []
  collect('', output, lines, tables)
  for (const [name, rows] of tables) {
    if (name !== '' && tables.length > 1) lines.push(`${name}:`)
    lines.push(...table(rows))
  }
  return lines.join('\n') || 'none'
}

function collect(name: string, value: unknown, lines: string[], tables: [string, readonly Row[]][]): void {
  if (value === undefined || value === null) return
  const label = name === '' ? '' : `${name}: `
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== undefined && item !== null)
    if (items.length > 0 && items.every(isRow)) tables.push([name, items])
    else lines.push(`${label}${items.length === 0 ? 'none' : cell(items)}`)
  } else if (isRow(value)) {
    for (const [key, item] of Object.entries(value)) collect(name === '' ? key : `${name}.${key}`, item, lines, tables)
  } else {
    const text = scalar(value)
    lines.push(text.includes('\n') ? `${label.trimEnd()}\n${text}` : `${label}${text || '-'}`)
  }
}

/** A header and a line per row; a column that is empty everywhere is left out. */
function table(rows: readonly Row[]): string[] {
  const columns = new Map<string, string[]>()
  rows.forEach((row, index) => fill(columns, '', row, index, rows.length))
  if (columns.size === 0) return [`${rows.length} empty`]
  const cells = [...columns.values()]
  const header = [...columns.keys()].map(escape).join(separator)
  return [header, ...rows.map((_, index) => cells.map((column) => column[index] || '-').join(separator))]
}

function fill(columns: Map<string, string[]>, name: string, value: unknown, index: number, count: number): void {
  if (isEmpty(value)) return
  if (isRow(value)) {
    for (const [key, item] of Object.entries(value)) fill(columns, name === '' ? key : `${name}.${key}`, item, index, count)
    return
  }
  let column = columns.get(name)
  if (column === undefined) columns.set(name, (column = Array.from<string>({ length: count }).fill('')))
  column[index] = escape(cell(value))
}

/** Rows within a cell or a list read `name=web port=80; name=db port=5432`. */
function cell(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.filter((item) => !isEmpty(item))
    return items.map(cell).join(items.some(isRow) ? '; ' : ', ')
  }
  if (!isRow(value)) return scalar(value)
  return Object.entries(value)
    .filter(([, item]) => !isEmpty(item))
    .map(([key, item]) => `${key}=${Array.isArray(item) || isRow(item) ? `(${cell(item)})` : scalar(item)}`)
    .join(' ')
}

function escape(text: string): string {
  return /[|\r\n]/.test(text) ? text.replaceAll('|', String.raw`\|`).replaceAll(/\r?\n|\r/g, String.raw`\n`) : text
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? '')
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  if (Array.isArray(value)) return value.every(isEmpty)
  return isRow(value) && Object.values(value).every(isEmpty)
}
