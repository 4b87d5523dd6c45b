import type { ExecResult } from '../define/connection.ts'
import { ToolError } from '../define/error.ts'
import { holdingHeads } from './audit-file.ts'
import type { AuditHead } from './audit-line.ts'
import type { AuditPolicy } from './audit-policy.ts'
import type { AuditLog } from './audit.ts'
import { jsonIn } from './json.ts'

/** What handing out heads needs. */
export interface AnchorOptions {
  directory: string
  audit: AuditLog
  anchor: NonNullable<AuditPolicy['anchor']>
  exec: (argv: readonly string[], options: { stdin: string; signal?: AbortSignal }) => Promise<ExecResult>
}

/** Hands the heads that moved to whoever keeps them; answers how many those were. */
export interface Anchor {
  (signal?: AbortSignal): Promise<number>
}

/** Makes what hands out heads: first all that hold the others, then those that moved since. */
export function createAnchor({ directory, audit, anchor, exec }: AnchorOptions): Anchor {
  let kept = new Map<string, string>()
  return async (signal) => {
    await audit.flush().catch(() => undefined)
    const heads = await holdingHeads(directory)
    const moved = heads.filter(({ name, head }) => kept.get(name) !== head)
    if (moved.length === 0) return 0
    const { exitCode: code, stderr } = await exec(anchor.command, { stdin: headLines(moved), ...(signal === undefined ? {} : { signal }) })
    if (code !== 0)
      throw new ToolError('upstream', `It ended with ${code}${stderr.trim() === '' ? '' : `: ${stderr.trim().slice(0, 200)}`}.`)
    kept = new Map(heads.map(({ name, head }) => [name, head]))
    return moved.length
  }
}

/** Heads as text: a line of JSON each. */
export function headLines(heads: readonly AuditHead[]): string {
  return heads.map(({ name, bytes, head }) => `${JSON.stringify({ name, bytes, head })}\n`).join('')
}

/** The heads in a text: lines of JSON, whatever a log put before them, or one report of `audit --verify --json`. */
export function headsIn(text: string): AuditHead[] {
  const whole = jsonIn(text) as { heads?: unknown } | undefined
  const listed = Array.isArray(whole) ? whole : whole?.heads
  if (Array.isArray(listed)) return listed.filter(isHead)
  return text.split('\n').flatMap((line) => {
    const head = line.includes('{') ? jsonIn(line.slice(line.indexOf('{'))) : undefined
    return isHead(head) ? [{ name: head.name, bytes: head.bytes, head: head.head }] : []
  })
}

function isHead(value: unknown): value is AuditHead {
  const { name, bytes, head } = (value ?? {}) as Partial<Record<keyof AuditHead, unknown>>
  return typeof name === 'string' && typeof bytes === 'number' && typeof head === 'string'
}
