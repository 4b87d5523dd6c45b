import { randomBytes } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { homeDirectory } from '../config/environment.ts'
import { createMeasures } from '../measure/measures.ts'
import type { Tracing } from '../measure/tracing.ts'
import { cleanText } from '../present/clean.ts'
import { createSecretFilter } from '../present/redact.ts'
import { createAuditLog } from '../record/audit.ts'
import { createFileStore } from '../record/state-store.ts'
import { logLevels, type Clock, type Log, type LogLevel, type Runtime } from './runtime.ts'

/** What a runtime can be given; everything has a default that suits a process of its own. */
export interface RuntimeOptions {
  version: string
  environment?: Readonly<Record<string, string | undefined>>
  /** Defaults to `RACKWARDEN_STATE_DIR`, then the user's data directory. */
  stateDirectory?: string
  clock?: Clock
  random?: (bytes: number) => Uint8Array
  log?: Log
  /** The least a line of the log has to matter; `info` when not given. */
  logLevel?: LogLevel
  tracing?: Tracing | undefined
}

/** Makes the runtime of a process; nothing is written until the first call. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const environment = options.environment ?? process.env
  const clock = options.clock ?? systemClock
  const random = options.random ?? pooledRandom()
  const secrets = createSecretFilter()
  const directory = options.stateDirectory ?? stateDirectoryOf(environment)
  const write = options.log ?? ((level, message) => process.stderr.write(`rackwarden: ${level}: ${message}\n`))
  const least = logLevels.indexOf(options.logLevel ?? 'info')
  // What an upstream said may be in it, and may be no line of its own.
  const oneLine = (text: string) => secrets.text(cleanText(text)).replaceAll(/\s*[\n\t\u2028\u2029]\s*/g, ' ')
  const log: Log = (level, message, fields) => {
    if (logLevels.indexOf(level) < least) return
    const shown = Object.entries(fields ?? {}).map(([name, value]) => [name, typeof value === 'string' ? oneLine(value) : value] as const)
    write(level, oneLine(message), fields === undefined ? undefined : Object.fromEntries(shown))
  }
  const audit = createAuditLog({ directory, clock, random, version: options.version, warn: (message) => log('warn', message) })
  return {
    version: options.version,
    clock,
    random,
    environment,
    secrets,
    audit,
    measures: createMeasures(),
    tracing: options.tracing,
    store: createFileStore(directory),
    log,
    close: async () => {
      // Only reads can be left unwritten here, and that was warned of: what a write owes the audit was on disk before its effect.
      await audit.close().catch(() => undefined)
    },
  }
}

/** Where the state of this user's processes is kept. */
export function stateDirectoryOf(environment: Readonly<Record<string, string | undefined>>): string {
  const { RACKWARDEN_STATE_DIR: own, XDG_DATA_HOME = '' } = environment
  if (own) return resolve(own)
  return join(isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(homeDirectory(environment), '.local', 'share'), 'rackwarden')
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Random bytes drawn from the system a page at a time: asking it for six costs as much as for thousands. */
function pooledRandom(): (bytes: number) => Uint8Array {
  let pool: Uint8Array = new Uint8Array()
  return (bytes) => {
    if (bytes > 256) return randomBytes(bytes)
    if (pool.length < bytes) pool = randomBytes(4096)
    const drawn = pool.subarray(0, bytes)
    pool = pool.subarray(bytes)
    return drawn
  }
}
