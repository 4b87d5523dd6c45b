import { nearestNames, ToolError } from '@rackwarden/core'
import { logLevels, type AuditEntry, type Log, type LogFields, type LogLevel, type Runtime } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import type { Terminal } from './terminal.ts'

/** Where the log of a server goes, and from which level on. */
export interface Logging {
  log: Log
  logLevel?: LogLevel
}

const formats = ['text', 'json'] as const

/** A log for people: a line of text each. */
export function textLog({ name }: Application, { complain }: Terminal): Log {
  return (level, message, fields) => complain([`${name}: ${level}: ${message}`, ...wordsOf(fields)].join(' '))
}

/**
 * The log of a server as it was asked for, and the terminal that goes with it: where it is JSON, everything that is said on
 * stderr is, and it goes through the same place. Text is the default wherever stderr leads: clients, journals and containers show
 * it to people, and whoever has a program read it says so.
 */
export async function loggingOf(
  application: Application,
  flag: string | undefined,
  terminal: Terminal,
): Promise<{ logging: Logging; terminal: Terminal }> {
  const { environment } = terminal
  const format = chosen(formats, flag ?? environment['RACKWARDEN_LOG'], flag === undefined ? 'RACKWARDEN_LOG' : '--log') ?? 'text'
  const logLevel = chosen(logLevels, environment['RACKWARDEN_LOG_LEVEL'], 'RACKWARDEN_LOG_LEVEL') ?? 'info'
  if (format === 'text') return { logging: { log: textLog(application, terminal), logLevel }, terminal }
  const log = await jsonLog(application, terminal)
  return { logging: { log, logLevel }, terminal: { ...terminal, complain: (text) => log(levelOf(text), text) } }
}

/** Writes a line for every call from here on, where lines that matter so little are asked for. */
export function logCalls({ audit, log }: Pick<Runtime, 'audit' | 'log'>, { logLevel }: Logging): void {
  if (logLevel === 'debug')
    audit.watch((entry) => log('debug', `${entry.tool} ${entry.kind} ${entry.result ?? ''}`.trim(), fieldsOf(entry)))
}

function fieldsOf({
  call,
  kind,
  principal,
  service,
  instances,
  tool,
  access,
  result,
  error,
  milliseconds,
  approval,
}: AuditEntry): LogFields {
  return { call, kind, principal, service, instances: instances.join(','), tool, access, result, error, milliseconds, approval }
}

async function jsonLog({ name, version }: Application, { complain }: Terminal): Promise<Log> {
  const { pino } = await import('../libraries/pino.ts')
  const logger = pino(
    {
      // What has a level of its own is left out before it comes here.
      level: 'debug',
      base: { name, version },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => complain(line.trimEnd()) },
  )
  return (level, message, fields = {}) => logger[level](fields, message)
}

function wordsOf(fields: LogFields = {}): string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${value}`]))
}

/** What is said on a terminal has its level in front, or none. */
function levelOf(text: string): LogLevel {
  return text.startsWith('error: ') ? 'error' : 'info'
}

function chosen<Choice extends string>(choices: readonly Choice[], value: string | undefined, origin: string): Choice | undefined {
  if (value === undefined || value === '') return undefined
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  const [nearest] = nearestNames(value, choices)
  throw new ToolError(
    'invalid_config',
    `${origin}: '${value}' is not known here.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`,
    {
      hint: `Known here: ${choices.join(', ')}.`,
    },
  )
}
