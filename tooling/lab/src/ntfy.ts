import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { searchPath } from './component.ts'
import { freePort } from './free-port.ts'
import { guard } from './guardian.ts'
import { supervise } from './supervisor.ts'
import { requireUnpacked, unpackedPackages, type UnpackedPackages } from './unpacked-packages.ts'

/** A notification as the application on a phone is given it. */
export interface NtfyMessage {
  title?: string
  message?: string
  priority?: number
  click?: string
  actions?: { action: string; label: string; url: string }[]
}

/** An ntfy server on a loopback port, in a root of its own; nobody reads or writes without the token. */
export interface Ntfy {
  readonly url: string
  readonly token: string
  /** What was sent to a topic so far, oldest first. */
  messages(topic: string): Promise<NtfyMessage[]>
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

const debian13: UnpackedPackages = {
  component: 'ntfy',
  directory: 'ntfy-trixie',
  release: 'trixie',
  packages: ['ntfy', 'libc6', 'libsqlite3-0'],
  trial: 'mkdir -p "$tree/var/lib/ntfy" && chroot "$tree" /usr/bin/ntfy --help',
}

// Nothing but ntfy and its libraries is in the root; its records are seen there, and go when the directory does.
const program = `
mount --bind "$1" "$2/var/lib/ntfy"
tree=$2
shift 2
exec chroot "$tree" /usr/bin/ntfy "$@"
`
const startLimitMs = 30_000
const authentication = { NTFY_AUTH_FILE: '/var/lib/ntfy/user.db', NTFY_AUTH_DEFAULT_ACCESS: 'deny-all' }

/** Says why no ntfy can run here, after trying to fetch it; undefined when one can. */
export function requireNtfy(): Promise<string | undefined> {
  return requireUnpacked(debian13)
}

/** Starts an ntfy server and makes the token of its one user. */
export async function startNtfy(): Promise<Ntfy> {
  const tree = await unpackedPackages(debian13)
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const data = join(home, 'data')
  mkdirSync(data)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const release = guard(home)
  const supervisor = supervise(home, 'ntfy', { detached: false })
  const inRoot = (...argv: string[]) => [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-ec',
    program,
    'ntfy',
    data,
    tree,
    ...argv,
  ]

  async function start(): Promise<void> {
    const settings = { ...authentication, NTFY_BASE_URL: url, NTFY_CACHE_FILE: '/var/lib/ntfy/cache.db' }
    supervisor.launch(inRoot('serve', '--listen-http', `127.0.0.1:${port}`), settings)
    const deadline = Date.now() + startLimitMs
    while (!(await isHealthy(url))) {
      if (supervisor.process() === undefined || Date.now() > deadline) throw new Error(`ntfy did not start:\n${supervisor.lastLines()}`)
      await sleep(50)
    }
  }

  async function administer(...argv: string[]): Promise<string> {
    const [executable = '', ...rest] = inRoot(...argv)
    const env = { PATH: searchPath(), NTFY_PASSWORD: 'nobody-signs-in-with-it', ...authentication }
    const { stdout, stderr } = await promisify(execFile)(executable, rest, { env })
    return stdout + stderr
  }

  async function down(): Promise<void> {
    await supervisor.stop()
    rmSync(home, { recursive: true, force: true })
    release()
  }

  try {
    await start()
    await administer('user', 'add', '--role=admin', 'lab')
    const token = /tk_\w+/.exec(await administer('token', 'add', 'lab'))?.[0] ?? ''
    return {
      url,
      token,
      async messages(topic) {
        const headers = { authorization: `Bearer ${token}` }
        const response = await fetch(`${url}/${topic}/json?poll=1`, { headers, signal: AbortSignal.timeout(5_000) })
        const lines = (await response.text()).split('\n').filter(Boolean)
        return lines.map((line) => JSON.parse(line) as NtfyMessage)
      },
      start,
      stop: () => supervisor.stop(),
      down,
    }
  } catch (error) {
    await down()
    throw error
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}
