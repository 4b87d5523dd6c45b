import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { ToolError } from '@rackwarden/core'
import {
  cleanText,
  detailOf,
  followAudit,
  headLines,
  headsIn,
  holdingHeads,
  readAudit,
  resultOf,
  verifyAudit,
  type AuditLine,
  type AuditQuery,
} from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { momentBefore } from '../moment.ts'
import { exitCodes } from './failure.ts'
import { openRuntime } from './open.ts'
import { table, type Terminal } from './terminal.ts'

/** What `audit` can be told. */
export interface AuditOptions {
  verify?: boolean
  anchors?: string
  heads?: boolean
  follow?: boolean
  limit?: string
  since?: string
  until?: string
  tool?: string
  principal?: string
  result?: string
  target?: string
  text?: string
  json?: boolean
  demo?: boolean
}

/** Prints what was called, the latest last, or as it comes; or checks that it is as it was written. */
export async function audit(application: Application, options: AuditOptions, terminal: Terminal): Promise<number> {
  const { directory } = openRuntime(application, options, terminal).store
  if (options.anchors !== undefined && options.verify !== true)
    throw new ToolError('invalid_input', '--anchors is compared by --verify', { hint: 'Give both.' })
  if (options.verify === true) return verify(directory, options, terminal)
  if (options.heads === true) return printHeads(directory, terminal)
  return options.follow === true ? follow(directory, options, terminal) : print(directory, options, terminal)
}

async function print(directory: string, options: AuditOptions, terminal: Terminal): Promise<number> {
  const { limit = '50', json = false } = options
  const most = Number(limit)
  if (!Number.isInteger(most) || most < 1) throw new ToolError('invalid_input', `--limit must be a number of lines, and '${limit}' is not`)
  const lines = await readAudit(directory, { ...queryOf(options), ended: true, limit: most })
  if (json) terminal.print(JSON.stringify(lines, null, 2))
  else if (lines.length === 0) terminal.print('Nothing was called yet.')
  else terminal.print(table([['time', 'principal', 'tool', 'result', 'what'], ...lines.map(row)]))
  return exitCodes.ok
}

/** What ends following; it is how it is meant to end. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function follow(directory: string, options: AuditOptions, terminal: Terminal): Promise<number> {
  const ending = new AbortController()
  const end = () => ending.abort()
  for (const signal of endingSignals) process.once(signal, end)
  try {
    const sleep = async (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal })
    for await (const line of followAudit(directory, { query: queryOf(options), sleep, signal: ending.signal }))
      terminal.print(options.json === true ? JSON.stringify(line) : row(line).join('  '))
    return exitCodes.ok
  } finally {
    for (const signal of endingSignals) process.off(signal, end)
  }
}

function queryOf({ since, until, tool, principal, result, target, text }: AuditOptions): AuditQuery {
  const moment = (given: string | undefined) => (given === undefined ? undefined : momentBefore(given, Date.now()))
  return { since: moment(since), until: moment(until), tool, principal, result, target, text }
}

function row(line: AuditLine): string[] {
  return [`${line.at.slice(0, 19).replace('T', ' ')}Z`, line.principal, line.tool, resultOf(line), detailOf(line)].map((cell) =>
    cleanText(cell).replaceAll(/\s+/g, ' '),
  )
}

/** A line each, and nothing else: to be kept elsewhere as it is. */
async function printHeads(directory: string, terminal: Terminal): Promise<number> {
  const heads = await holdingHeads(directory)
  if (heads.length > 0) terminal.print(headLines(heads).trimEnd())
  return exitCodes.ok
}

async function verify(directory: string, { anchors, json = false }: AuditOptions, terminal: Terminal): Promise<number> {
  const kept = anchors === undefined ? [] : await keptHeads(anchors)
  const report = await verifyAudit(directory, { anchors: kept })
  const code = report.problems.length > 0 ? exitCodes.failed : exitCodes.ok
  if (json) {
    terminal.print(JSON.stringify(report, null, 2))
    return code
  }
  const compared = kept.length === 0 ? '' : ` Compared with ${kept.length} kept heads.`
  terminal.print(
    `${report.lines} lines in ${report.files} files: ${code === exitCodes.ok ? 'every chain is whole.' : 'NOT as it was written.'}${compared}`,
  )
  for (const { file, line, problem } of report.problems) terminal.print(`${file}${line === undefined ? '' : `:${line}`} ${problem}`)
  for (const { name, bytes, head } of report.removed) terminal.print(`${name} was removed by retention: ${bytes} bytes, last hash ${head}.`)
  for (const { file, bytes } of report.torn) terminal.print(`${file} ends in ${bytes} bytes of an incomplete line: what a crash leaves.`)
  for (const { at, principal, tool, targets = [] } of report.unfinished)
    terminal.print(`not ended: ${at} ${principal} ${tool} ${cleanText(targets.join(', '))}; look at what it left.`)
  return code
}

async function keptHeads(file: string) {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ToolError('invalid_input', `--anchors: ${file} cannot be read`, { cause: error })
  })
  const heads = headsIn(text)
  if (heads.length === 0)
    throw new ToolError('invalid_input', `--anchors: there are no heads in ${file}`, { hint: "'audit --heads' prints some." })
  return heads
}
