import { createFileStore, type Log } from '@rackwarden/core/runtime'
import { mkdtemp, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openTokens, serveHttp, type HttpServer, type ServeHttpOptions, type Tokens } from '../src/index.ts'
import { createFixtureSurface, newState, type FixtureState } from './fixture-surface.ts'

/** A directory of a test's own, gone when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-server-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A server of a test's own on a free port, with what it was made of. */
export interface Lab {
  server: HttpServer
  state: FixtureState
  tokens: Tokens
  logged: string[]
}

/** Serves the fixture over HTTP for one test. */
export async function startLab(options: Partial<ServeHttpOptions> & { host?: string } = {}): Promise<Lab> {
  const { host = '127.0.0.1', ...rest } = options
  const tokens = options.tokens ?? (await openTestTokens())
  const logged: string[] = []
  const log: Log = (level, message) => void logged.push(`${level}: ${message}`)
  const surface = createFixtureSurface({ tier: options.tier ?? 'configure', state: newState() })
  const server = await serveHttp({
    surface,
    address: { host, port: 0 },
    tier: 'configure',
    localPrincipal: 'local:me',
    log,
    ...rest,
    tokens,
  })
  onTestFinished(() => server.close())
  return { server, state: surface.state, tokens, logged }
}

/** Tokens in a state directory of their own. */
export async function openTestTokens(clock = { now: () => Date.now() }): Promise<Tokens> {
  return openTokens({ store: createFileStore(await temporaryDirectory()), clock, random: randomBytes })
}
