import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { guard } from './guardian.ts'
import { npmRelease, requireNpmRelease, type NpmRelease } from './npm-release.ts'
import { supervise } from './supervisor.ts'

/** An Uptime Kuma on a loopback port, with records of its own and no account yet. */
export interface UptimeKuma {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

const component = 'uptime-kuma'
const startLimitMs = 60_000
// The one release npm has: between 1.23, whose events it has, and 2.0. Its SQLite is compiled where no binary can be
// fetched, and seven steps of its database were packed beside their directory.
const release: NpmRelease = {
  component,
  package: 'uptime-kuma',
  version: '2.0.0-dev.0',
  trial: `
cp -n node_modules/uptime-kuma/db/patch-*.sql node_modules/uptime-kuma/db/old_migrations/
node -e 'require("@louislam/sqlite3")'`,
}

/** Says why no Uptime Kuma can run here, after trying to fetch it; undefined when one can. */
export function requireUptimeKuma(): Promise<string | undefined> {
  return requireNpmRelease(release)
}

/** Starts an Uptime Kuma that nobody set up yet. */
export async function startUptimeKuma(): Promise<UptimeKuma> {
  const tree = await npmRelease(release)
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const data = join(home, 'data')
  mkdirSync(data)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const letGo = guard(home)
  const supervisor = supervise(home, component, { detached: false })
  const nowhere = 'http://127.0.0.1:9'
  const settings = {
    UPTIME_KUMA_DB_TYPE: 'sqlite',
    UPTIME_KUMA_HOST: '127.0.0.1',
    UPTIME_KUMA_PORT: String(port),
    DATA_DIR: `${data}/`,
    // It asks for newer versions of itself, and is to leave this machine alone.
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    http_proxy: nowhere,
    https_proxy: nowhere,
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
  }

  async function start(): Promise<void> {
    supervisor.launch(['sh', '-c', 'cd "$1" && exec node server/server.js', component, tree], settings)
    const deadline = Date.now() + startLimitMs
    while (!(await isUp(url))) {
      if (supervisor.process() === undefined || Date.now() > deadline)
        throw new Error(`Uptime Kuma did not start:\n${supervisor.lastLines()}`)
      await sleep(50)
    }
  }

  async function down(): Promise<void> {
    await supervisor.stop({ signal: 'SIGKILL' })
    rmSync(home, { recursive: true, force: true })
    letGo()
  }

  try {
    await start()
    return { url, start, stop: () => supervisor.stop({ signal: 'SIGKILL' }), down }
  } catch (error) {
    await down()
    throw error
  }
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/entry-page`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}
