import { figures } from './figures.mjs'

/**
 * @typedef {object} Row One figure of one subject, beside what it is compared with.
 * @property {import('./figures.mjs').FigureId} figure
 * @property {string} subject
 * @property {number} value
 * @property {string} unit
 * @property {string | null} reference
 * @property {number | null} referenceValue
 * @property {number | null} ratio
 * @property {number | null} budget Null where the comparison is only told.
 * @property {number | null} horizon
 * @property {boolean | null} met
 * @property {boolean | null} onHorizon
 */

/**
 * Makes a row; `judged` holds it to the budget of its figure.
 * @param {import('./figures.mjs').FigureId} id
 * @param {{ subject: string, value: number, reference?: string, referenceValue?: number, judged?: boolean }} measured
 * @returns {Row}
 */
export function rowOf(id, { subject, value, reference, referenceValue, judged = false }) {
  /** @type {import('./figures.mjs').Figure} */
  const figure = figures[id]
  if (!Number.isFinite(value)) throw new Error(`${figure.name} of ${subject} came out as ${value}.`)
  const ratio = referenceValue === undefined || referenceValue === 0 ? null : value / referenceValue
  const held = judged ? { budget: figure.budget ?? null, horizon: figure.horizon ?? null } : { budget: null, horizon: null }
  const counts = figure.judged === 'ratio' ? ratio : value
  return {
    figure: id,
    subject,
    value,
    unit: figure.unit,
    reference: reference ?? null,
    referenceValue: referenceValue ?? null,
    ratio,
    ...held,
    met: within(counts, held.budget, figure),
    onHorizon: within(counts, held.horizon, figure),
  }
}

/**
 * @param {number | null} value
 * @param {number | null} limit
 * @param {import('./figures.mjs').Figure} figure
 */
function within(value, limit, { limit: direction, tolerance = 0 }) {
  if (value === null || limit === null) return null
  return direction === 'at least' ? value >= limit : value <= limit + tolerance
}
