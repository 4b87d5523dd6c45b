import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSecretFilter } from '../present/redact.ts'
import { createAuditLog } from '../record/audit.ts'
import { createFileStore } from '../record/state-store.ts'
import type { Clock, Log, Runtime } from './runtime.ts'

/** What a runtime can be given; everything has a default that suits a process of its own. */
export interface RuntimeOptions {
  version: string
  environment?: Readonly<Record<string, string | undefined>>
  /** Defaults to `RACKWARDEN_STATE_DIR`, then the user's data directory. */
  stateDirectory?: string
  clock?: Clock
  random?: (bytes: number) => Uint8Array
  log?: Log
}

/** Makes the runtime of a process; nothing is written until the first call. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const environment = options.environment ?? process.env
  const clock = options.clock ?? systemClock
  const random = options.random ?? randomBytes
  const secrets = createSecretFilter()
  const directory = options.stateDirectory ?? stateDirectoryOf(environment)
  const audit = createAuditLog({ directory, clock, random, version: options.version })
  const log = options.log ?? ((level, message) => process.stderr.write(`rackwarden: ${level}: ${message}\n`))
  return {
    version: options.version,
    clock,
    random,
    environment,
    secrets,
    audit,
    store: createFileStore(directory),
    log: (level, message) => log(level, secrets.text(message)),
    close: async () => {
      try {
        await audit.close()
      } catch (error) {
        // Only reads are left unwritten here: what a write owes the audit was on disk before its effect.
        log('warn', error instanceof Error ? error.message : String(error))
      }
    },
  }
}

/** Where the state of this user's processes is kept. */
export function stateDirectoryOf(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['RACKWARDEN_STATE_DIR']
  if (own) return own
  return join(environment['XDG_DATA_HOME'] || join(environment['HOME'] || homedir(), '.local', 'share'), 'rackwarden')
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
}
