import { ToolError } from '@rackwarden/core'
import { cleanText, readAudit, verifyAudit } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { momentBefore } from '../moment.ts'
import { exitCodes } from './failure.ts'
import { openRuntime } from './open.ts'
import { table, type Terminal } from './terminal.ts'

/** What `audit` can be told. */
export interface AuditOptions {
  verify?: boolean
  limit?: string
  since?: string
  tool?: string
  json?: boolean
  demo?: boolean
}

type Line = Awaited<ReturnType<typeof readAudit>>[number]

const widestDetail = 100

/** Prints what was called, the latest last, or checks that it is as it was written. */
export async function audit(application: Application, options: AuditOptions, terminal: Terminal): Promise<number> {
  const { directory } = openRuntime(application, options, terminal).store
  return options.verify === true ? verify(directory, options, terminal) : print(directory, options, terminal)
}

async function print(directory: string, { limit = '50', since, tool, json = false }: AuditOptions, terminal: Terminal): Promise<number> {
  const most = Number(limit)
  if (!Number.isInteger(most) || most < 1) throw new ToolError('invalid_input', `--limit must be a number of lines, and '${limit}' is not`)
  const query = { ...(since === undefined ? {} : { since: momentBefore(since, Date.now()) }), ...(tool === undefined ? {} : { tool }) }
  // A write has two lines, and so has one that waits for a person; each is shown as one.
  const lines = await readAudit(directory, { ...query, limit: most * 2 })
  const ended = new Set(lines.filter(({ kind }) => kind === 'outcome').map(({ call }) => call))
  const asked = new Set(lines.filter(({ kind }) => kind === 'approval').map(({ call }) => call))
  const isSaid = ({ kind, call, result }: Line) => (kind === 'intent' && ended.has(call)) || (result === 'pending' && asked.has(call))
  const shown = lines.filter((line) => !isSaid(line)).slice(-most)
  if (json) terminal.print(JSON.stringify(shown, null, 2))
  else if (shown.length === 0) terminal.print('Nothing was called yet.')
  else terminal.print(table([['time', 'principal', 'tool', 'result', 'what'], ...shown.map(row)]))
  return exitCodes.ok
}

function row(line: Line): string[] {
  const result = line.kind === 'intent' ? 'not ended' : (line.result ?? '')
  return [`${line.at.slice(0, 19).replace('T', ' ')}Z`, line.principal, line.tool, result, detail(line)].map((cell) =>
    cleanText(cell).replaceAll(/\s+/g, ' '),
  )
}

function detail({ summary, error, input }: Line): string {
  const text =
    error ??
    summary ??
    Object.entries(input ?? {})
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' ')
  return text.length > widestDetail ? `${text.slice(0, widestDetail - 1)}…` : text
}

async function verify(directory: string, { json = false }: AuditOptions, terminal: Terminal): Promise<number> {
  const report = await verifyAudit(directory)
  const code = report.problems.length > 0 ? exitCodes.failed : exitCodes.ok
  if (json) {
    terminal.print(JSON.stringify(report, null, 2))
    return code
  }
  terminal.print(
    `${report.lines} lines in ${report.files} files: ${code === exitCodes.ok ? 'every chain is whole.' : 'NOT as it was written.'}`,
  )
  for (const { file, line, problem } of report.problems) terminal.print(`${file}${line === undefined ? '' : `:${line}`} ${problem}`)
  for (const { file, bytes } of report.torn) terminal.print(`${file} ends in ${bytes} bytes of an incomplete line: what a crash leaves.`)
  for (const { at, principal, tool, targets = [] } of report.unfinished)
    terminal.print(`not ended: ${at} ${principal} ${tool} ${cleanText(targets.join(', '))}; look at what it left.`)
  return code
}
