import { figures } from './figures.mjs'

/**
 * @typedef {import('./row.mjs').Row} Row
 * @typedef {{ what: string, why: string }} Missing
 * @typedef {{ node: string, processors: number, quick: boolean, rows: Row[], skipped: Missing[], failed: Missing[] }} Report
 */

const head = ['', 'value', 'against', 'its value', 'ratio', 'budget', 'horizon', '']

/**
 * The report as a table for people.
 * @param {Report} report
 * @returns {string}
 */
export function renderTable({ node, processors, quick, rows, skipped, failed }) {
  /** @type {string[][]} */
  const lines = [head]
  const order = Object.keys(figures)
  let last = ''
  for (const row of rows.toSorted((a, b) => order.indexOf(a.figure) - order.indexOf(b.figure))) {
    if (row.figure !== last) lines.push([figures[row.figure].name])
    last = row.figure
    lines.push(cellsOf(row))
  }
  const widths = head.map((_title, column) =>
    Math.max(...lines.filter((line) => line.length > 1).map((line) => (line[column] ?? '').length)),
  )
  const table = lines.map((line) =>
    line.length === 1
      ? `\n${line[0]}`
      : line
          .map((cell, column) => pad(cell, column, widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
  )
  const over = rows.filter(({ met }) => met === false).length
  const judged = rows.filter(({ met }) => met !== null).length
  return [
    ...table,
    '',
    ...skipped.map(({ what, why }) => `skipped  ${what}: ${why}`),
    ...failed.map(({ what, why }) => `FAILED   ${what}: ${why}`),
    `${judged - over} of ${judged} budgets met${over === 0 ? '' : `, ${over} over`}. Node ${node}, ${processors} processors${quick ? ', quick' : ''}; only ratios of one run count.`,
  ].join('\n')
}

/**
 * @param {Row} row
 * @returns {string[]}
 */
function cellsOf(row) {
  /** @type {import('./figures.mjs').Figure} */
  const figure = figures[row.figure]
  const sign = figure.limit === 'at least' ? '≥' : '≤'
  const limit = (/** @type {number | null} */ value) =>
    value === null ? '' : `${sign} ${value}${figure.judged === 'value' ? ` ${row.unit}` : ''}`
  return [
    `  ${row.subject}`,
    `${number(row.value)} ${row.unit}`,
    row.reference ?? '',
    row.referenceValue === null ? '' : number(row.referenceValue),
    row.ratio === null ? '' : number(row.ratio),
    limit(row.budget),
    limit(row.horizon),
    verdictOf(row),
  ]
}

/** @param {Row} row */
function verdictOf({ met, onHorizon }) {
  if (met === null) return ''
  if (!met) return 'OVER'
  return onHorizon === true ? 'met, on the horizon' : 'met'
}

/**
 * Three digits that count, and thousands apart.
 * @param {number} value
 * @returns {string}
 */
export function number(value) {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/**
 * @param {string} cell
 * @param {number} column
 * @param {number} width
 */
function pad(cell, column, width) {
  return [0, 2, 7].includes(column) ? cell.padEnd(width) : cell.padStart(width)
}
