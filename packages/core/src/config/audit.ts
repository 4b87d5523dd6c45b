import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { createExec } from '../connect/exec.ts'
import { ToolError } from '../define/error.ts'
import { spanOf } from '../define/moment.ts'
import type { AuditPolicy } from '../record/audit-policy.ts'
import type { Environment } from './environment.ts'
import type { ConfigurationFile } from './file.ts'
import { recordOf, refuseUnknown } from './shape.ts'

/** Keys that may stand under `audit`, and under each of them. */
export const auditKeys = { anchor: ['every', 'command', 'syslog'], retention: ['days', 'megabytes'] } as const

const defaultEvery = '15m'
/** Node opens no datagram socket of the file system; this program, of every Linux and BSD, does. */
const syslogProgram = 'logger'
const versionTimeoutMs = 5_000
const amount = z.number().int().positive().optional()

/** Reads what becomes of the audit; throws `invalid_config` naming the line. */
export async function auditPolicy(value: unknown, file: ConfigurationFile | undefined, environment: Environment): Promise<AuditPolicy> {
  const given = recordOf(value, 'audit', file, 'audit')
  refuseUnknown(Object.keys(given), Object.keys(auditKeys), file, 'audit')
  const anchor = await anchorOf(given['anchor'], file, environment)
  const retention = retentionOf(given['retention'], file)
  return { ...(anchor === undefined ? {} : { anchor }), ...(retention === undefined ? {} : { retention }) }
}

async function anchorOf(value: unknown, file: ConfigurationFile | undefined, environment: Environment): Promise<AuditPolicy['anchor']> {
  if (value === undefined) return undefined
  const given = recordOf(value, 'anchor', file, 'audit', 'anchor')
  refuseUnknown(Object.keys(given), auditKeys.anchor, file, 'audit', 'anchor')
  const { every = defaultEvery, command, syslog } = given
  const everyMs = typeof every === 'string' ? spanOf(every) : undefined
  if (everyMs === undefined || everyMs === 0) throw wrong(file, ['anchor', 'every'], `'every' must be a span such as 15m, 1h or 1d.`)
  if (syslog !== undefined && typeof syslog !== 'boolean') throw wrong(file, ['anchor', 'syslog'], `'syslog' must be true or false.`)
  if ((command === undefined) === (syslog !== true)) throw wrong(file, ['anchor'], `'anchor' must hold either 'command' or 'syslog: true'.`)
  if (command === undefined) return { everyMs, command: await syslogCommand(file, environment) }
  const words = z.array(z.string().min(1)).min(1).safeParse(command)
  if (!words.success) throw wrong(file, ['anchor', 'command'], `'command' must be a list: the program, and each of its arguments.`)
  return { everyMs, command: words.data }
}

async function syslogCommand(file: ConfigurationFile | undefined, environment: Environment): Promise<readonly string[]> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean)
  for (const folder of folders) {
    const program = join(folder, syslogProgram)
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return [program, ...(await failureOptions(program)), '-t', 'rackwarden-audit', '-p', 'auth.notice']
  }
  throw wrong(file, ['anchor', 'syslog'], `'syslog' needs the program '${syslogProgram}', and it is not in PATH.`)
}

/**
 * Unless systemd started the machine, the program of util-linux ends well where no daemon listens, and heads would count
 * as kept; only it has the option against that, and only short options are known to all others.
 */
async function failureOptions(program: string): Promise<string[]> {
  const { exec, close } = createExec({ timeoutMs: versionTimeoutMs })
  const version = await exec([program, '--version']).catch(() => undefined)
  await close()
  return version?.stdout.includes('util-linux') === true ? ['--socket-errors=on'] : []
}

function retentionOf(value: unknown, file: ConfigurationFile | undefined): AuditPolicy['retention'] {
  if (value === undefined) return undefined
  const given = recordOf(value, 'retention', file, 'audit', 'retention')
  refuseUnknown(Object.keys(given), auditKeys.retention, file, 'audit', 'retention')
  const [days, megabytes] = auditKeys.retention.map((key) => {
    const parsed = amount.safeParse(given[key])
    if (!parsed.success) throw wrong(file, ['retention', key], `'${key}' must be a whole number above zero.`)
    return parsed.data
  })
  return { ...(days === undefined ? {} : { days }), ...(megabytes === undefined ? {} : { megabytes }) }
}

function wrong(file: ConfigurationFile | undefined, path: readonly string[], message: string): ToolError {
  return new ToolError('invalid_config', `${file?.at('audit', ...path) ?? 'configuration'}: ${message}`, {
    hint: 'Write `audit: { anchor: { every: 15m, syslog: true }, retention: { days: 365 } }`; docs/architecture.md shows the rest.',
  })
}
