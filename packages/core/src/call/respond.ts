import { ToolError } from '../define/error.ts'
import type { Plan } from '../define/plan.ts'
import { cleanData, cleanText, markUntrusted } from '../present/clean.ts'
import { estimateTokens, fitToBudget } from '../present/budget.ts'
import type { SecretFilter } from '../present/redact.ts'
import { renderOutput } from '../present/render.ts'
import type { JsonSchema } from './json-schema.ts'
import type { PlanRecord } from './plan-store.ts'
import type { PlanReport, CallResult, ErrorReport } from './result.ts'
import type { Input, RegisteredTool } from './registered-tool.ts'
import type { CallRequest } from './surface.ts'

/** Tokens a result may cost when nobody asked for more. */
const budgetTokens = 2_000

/** What it costs to tell of three lists that something of them was left out. */
const leftTokens = 60

/** A person who is asked reads all there is; only what no form holds is left out, and said to be. */
export const formTokens = 10_000

/** Longest text of a failure, a summary or a sign of progress; any of them may quote what somebody else wrote. */
const [longestFailure, longestLine] = [2_000, 300]

/** An output on its way out: control characters gone, secrets withheld. In this order: a colour may part a name from its secret. */
export function presentable(output: unknown, secrets: SecretFilter): unknown {
  return secrets.data(cleanData(output))
}

/** A text on its way out, cut where it is too long. */
function presentableText(text: string, secrets: SecretFilter, longest: number): string {
  // What is far beyond the limit is not looked through; what is near it is, or half a secret might stay.
  const shown = secrets.text(cleanText(text.slice(0, longest * 16)))
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown
}

/** A text on its way out as one line, which no upstream can make two of. */
export function presentableLine(text: string, secrets: SecretFilter): string {
  return presentableText(text, secrets, longestLine * 2)
    .replaceAll(/\s+/g, ' ')
    .slice(0, longestLine)
}

/** A plan on its way out and into every record: names in it are an upstream's, and none may pass for a line of ours. */
export function presentablePlan(plan: Plan, secrets: SecretFilter): Plan {
  const shown = presentable(plan, secrets) as Plan
  const indented = (lines: readonly string[]) => lines.map((line) => line.replaceAll('\n', '\n    '))
  return {
    ...shown,
    // It is told as a part of sentences.
    summary: presentableLine(shown.summary, secrets).replace(/\.$/, ''),
    targets: shown.targets.map((target) => presentableLine(target, secrets)),
    ...(shown.diff === undefined ? {} : { diff: indented(shown.diff) }),
    ...(shown.warnings === undefined ? {} : { warnings: indented(shown.warnings) }),
  }
}

/** The text a model reads of an output that is already presentable; `merged` where it is that of several instances, `gathered` where the tool made it one. */
export function outputText(tool: RegisteredTool, output: unknown, input: Input, { merged = false, gathered = false } = {}): string {
  const own =
    tool.text === undefined
      ? renderOutput
      : (value: unknown) => [tool.text?.(value, input) ?? '', ...(merged ? silentOnes(value) : [])].join('\n')
  const render = Object.hasOwn(tool.input.jsonSchema['properties'] ?? {}, 'cursor')
    ? (value: unknown) => own(pagedFrom(output, value, input, merged && !gathered))
    : own
  // What a write answers is not marked as others' words, and a name in it is.
  // Asking for less of what a write answers would be doing it again.
  const narrowing = tool.writes ? '' : (tool.narrowing ?? narrowingOf(tool.input.jsonSchema))
  return fitToBudget(tool.writes && !tool.untrusted ? indentedWithin(output) : output, render, {
    tokens: tool.budgetTokens ?? budgetTokens,
    narrowing,
    reserve: estimateTokens(narrowing) + leftTokens,
    keep: tool.keep,
    ...(tool.untrusted ? { wrap: (text: string) => markUntrusted(text, tool.name) } : {}),
  })
}

/** No line of a text may pass for one of ours. */
function indentedWithin(output: unknown): unknown {
  if (typeof output === 'string') return output.replaceAll('\n', '\n    ')
  if (Array.isArray(output)) return output.map(indentedWithin)
  if (typeof output !== 'object' || output === null) return output
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, indentedWithin(value)]))
}

/** Of several instances those that did not answer: a tool's own text knows of one only. */
function silentOnes(output: unknown): string[] {
  const { unanswered = [] } = output as { unanswered?: readonly { instance: string; error: string }[] }
  return unanswered.map(({ instance, error }) => `${instance} did not answer: ${error}`)
}

/** Where rows were left out of a page, the next one begins at the first of them; of several instances none can be told. */
function pagedFrom(whole: unknown, shown: unknown, { cursor }: Input, merged: boolean): unknown {
  if (shown === whole) return shown
  const { next_cursor: _, ...rest } = shown as Record<string, unknown>
  const [key, rows] = Object.entries(rest).find(([, value]) => Array.isArray(value)) ?? []
  const all = key === undefined ? undefined : (whole as Record<string, unknown>)[key]
  const [count, total] = [rows, all].map((list) => (Array.isArray(list) ? list.length : 0))
  if (count === total) return shown
  // A row that knows what stands behind it says so; others are counted.
  const own: unknown = Array.isArray(rows) ? (rows.at(-1) as { cursor?: unknown } | undefined)?.cursor : undefined
  if (typeof own === 'string' && !merged) return { ...rest, next_cursor: own }
  const start = typeof cursor === 'string' ? Number(cursor) : 0
  return merged || !Number.isSafeInteger(start) ? rest : { ...rest, next_cursor: String(start + (count ?? 0)) }
}

/** A plan as its caller sees it. */
export function reportOf(
  name: string,
  { plan, instances, expires }: Pick<PlanRecord, 'plan' | 'instances' | 'expires'>,
  token: string,
): PlanReport {
  return { ...plan, tool: name, instances, confirm: token, expires_at: new Date(expires).toISOString() }
}

/** A plan in lines: what would happen, to what, and what may surprise. */
export function planLines({ summary, targets, diff = [], warnings = [] }: Plan, tokens = budgetTokens - 200): string {
  const lists = fitToBudget({ targets, diff, warnings }, planLists, { tokens })
  return [summary, lists].filter((text) => text !== '').join('\n')
}

/** How the same call is made again with the token of its plan. */
function again({ name, by }: Pick<CallRequest, 'name' | 'by'>, { confirm, expires_at }: PlanReport): string {
  const same = by === undefined ? `${name} again with the same input` : `${by} again with tool: ${name}, the same input`
  return `call ${same} and confirm: ${confirm} (once, until ${expires_at}).`
}

/** The text of a plan: what would happen, and how to let it happen. */
export function planText(request: Pick<CallRequest, 'name' | 'by'>, plan: PlanReport, note?: string): string {
  const lines = [
    note,
    `PLAN, nothing has happened yet: ${planLines(plan)}`,
    `To run exactly this, show it to the person, then ${again(request, plan)}`,
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}

/** How the owner hears of a plan: a line for their shell, word on their phone. */
export interface OwnersWays {
  command: string | undefined
  isTold: boolean
}

/** The text of a plan a person must agree to first, and how they do. */
export function pendingText(
  request: Pick<CallRequest, 'name' | 'by'>,
  plan: PlanReport,
  { command, isTold }: OwnersWays,
  note?: string,
): string {
  const shell = command === undefined ? '' : `${isTold ? ', or' : 'the owner'} runs '${command}'`
  const how = `${isTold ? 'the owner is told on their phone' : ''}${shell}` || 'ask the owner how'
  const lines = [
    note,
    `PENDING, nothing has happened yet: ${planLines(plan)}`,
    `A person must agree: ${how}. Tell them and wait; then ${again(request, plan)}`,
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}

function planLists(lists: unknown): string {
  const { targets, diff, warnings } = lists as Record<'targets' | 'diff' | 'warnings', readonly string[]>
  const lines = targets.length === 0 ? [] : [`targets: ${targets.join(', ')}`]
  if (diff.length > 0) lines.push('changes:', ...diff.map((line) => `  ${line}`))
  if (warnings.length > 0) lines.push('warnings:', ...warnings.map((line) => `  ${line}`))
  return lines.join('\n')
}

/** A failure as a result; what is no `ToolError` says nothing of itself to the caller. */
export function errorResult(error: unknown, secrets: SecretFilter): Extract<CallResult, { kind: 'error' }> {
  const report = errorReport(error, secrets)
  return { kind: 'error', error: report, text: `${report.code}: ${report.message}${report.hint === undefined ? '' : `\n${report.hint}`}` }
}

function errorReport(error: unknown, secrets: SecretFilter): ErrorReport {
  if (!ToolError.isInstance(error))
    return { code: 'upstream', message: 'The tool failed unexpectedly.', hint: 'The log of the server says more.' }
  const clean = (text: string) => presentableText(text, secrets, longestFailure)
  const { code, message, hint, retryAfterSeconds } = error
  return {
    code,
    message: clean(message),
    ...(hint === undefined ? {} : { hint: clean(hint) }),
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  }
}

function narrowingOf(schema: JsonSchema): string {
  const names = Object.keys(schema['properties'] ?? {})
  const needed = (schema['required'] ?? []) as readonly string[]
  const filters = names.filter((name) => name !== 'limit' && name !== 'cursor' && !needed.includes(name))
  const ways = [filters.length > 0 ? `narrow with ${filters.join(', ')}` : '', names.includes('cursor') ? 'page with limit and cursor' : '']
  return ways.filter((way) => way !== '').join(', or ')
}
