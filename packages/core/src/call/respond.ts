import { ToolError } from '../define/error.ts'
import { cleanData, cleanText, markUntrusted } from '../present/clean.ts'
import { fitToBudget } from '../present/budget.ts'
import type { SecretFilter } from '../present/redact.ts'
import { renderOutput } from '../present/render.ts'
import type { JsonSchema } from './json-schema.ts'
import type { PlanReport, CallResult, ErrorReport } from './result.ts'
import type { Input, RegisteredTool } from './registered-tool.ts'

/** Tokens a result may cost when nobody asked for more. */
const budgetTokens = 2_000

/** An output on its way out: secrets withheld, control characters gone. */
export function presentable(output: unknown, secrets: SecretFilter): unknown {
  return cleanData(secrets.data(output))
}

/** The text a model reads of an output that is already presentable. */
export function outputText(tool: RegisteredTool, output: unknown, input: Input): string {
  const render = tool.text === undefined ? renderOutput : (value: unknown) => tool.text?.(value, input) ?? ''
  return fitToBudget(output, render, {
    tokens: budgetTokens,
    narrowing: narrowingOf(tool.input.jsonSchema),
    keep: tool.keep,
    ...(tool.untrusted ? { wrap: (text: string) => markUntrusted(text, tool.name) } : {}),
  })
}

/** The text of a plan: what would happen, and how to let it happen. */
export function planText(name: string, plan: PlanReport, note?: string): string {
  const lines = [note, `PLAN, nothing has happened yet: ${plan.summary}`, `targets: ${plan.targets.join(', ')}`]
  if (plan.diff !== undefined && plan.diff.length > 0) lines.push('changes:', ...plan.diff.map((line) => `  ${line}`))
  if (plan.warnings !== undefined && plan.warnings.length > 0) lines.push('warnings:', ...plan.warnings.map((line) => `  ${line}`))
  lines.push(
    `To run exactly this, show it to the person, then call ${name} again with the same input and confirm: ${plan.confirm} (once, until ${plan.expires_at}).`,
  )
  return lines.filter((line) => line !== undefined).join('\n')
}

/** A failure as a result; what is no `ToolError` says nothing of itself to the caller. */
export function errorResult(error: unknown, secrets: SecretFilter): Extract<CallResult, { kind: 'error' }> {
  const report = errorReport(error, secrets)
  return { kind: 'error', error: report, text: `${report.code}: ${report.message}${report.hint === undefined ? '' : `\n${report.hint}`}` }
}

function errorReport(error: unknown, secrets: SecretFilter): ErrorReport {
  if (!ToolError.isInstance(error))
    return { code: 'upstream', message: 'The tool failed unexpectedly.', hint: 'The log of the server says more.' }
  const clean = (text: string) => cleanText(secrets.text(text))
  return { code: error.code, message: clean(error.message), ...(error.hint === undefined ? {} : { hint: clean(error.hint) }) }
}

function narrowingOf(schema: JsonSchema): string {
  const names = Object.keys(schema['properties'] ?? {})
  const filters = names.filter((name) => name !== 'limit' && name !== 'cursor')
  const ways = [filters.length > 0 ? `narrow with ${filters.join(', ')}` : '', names.includes('cursor') ? 'page with limit and cursor' : '']
  return ways.filter((way) => way !== '').join(', or ')
}
