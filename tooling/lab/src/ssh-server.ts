import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { searchPath } from './component.ts'
import { freePort } from './free-port.ts'
import { childrenOf, kill, startOf } from './remains.ts'
import { createSshKey } from './ssh-key.ts'

/** An SSH server of its own on a loopback port: host key, user key and configuration belong to it alone. */
export interface SshServer {
  readonly directory: string
  readonly host: '127.0.0.1'
  readonly port: number
  /** The account that may log in: the one this process runs as. */
  readonly user: string
  /** `SHA256:…` of the host key in use. */
  hostFingerprint(): string
  /** The host key as a line of `known_hosts`. */
  knownHostsLine(): string
  /** Path of the private key that is let in; the public one stands beside it as `.pub`. */
  readonly userKey: string
  /** Process ids of the connections that are open: one for each. */
  connections(): number[]
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** Ends the listener and every connection. */
  stop(): Promise<void>
  /** Replaces the host key, as a machine that was installed anew does; counts from the next start. */
  changeHostKey(): void
  /** Ends it and removes every trace of it. */
  down(): Promise<void>
}

/** How a server is set up. */
export interface SshServerOptions {
  /** Lines of public keys let in besides its own. */
  authorizedKeys?: readonly string[]
  /** Most sessions on one connection; ten when not given, as everywhere. */
  maxSessions?: number
  /** Runs every command through another shell, as a login shell of another user would be. */
  shell?: string
  /** The search path of every command, where it matters what is found there. */
  path?: string
  /** Password the account has on this server alone; takes what `sshd-password` says. */
  password?: string
  /** Type of the host key. */
  keyType?: 'ed25519' | 'ecdsa' | 'rsa'
  /** Further lines of its configuration. */
  configuration?: readonly string[]
}

const limitMs = 10_000

/** Starts a server and waits until it answers. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'rw-sshd-')))
  const at = (name: string) => join(directory, name)
  const [hostKey, userKey, log] = [at('host_key'), at('user_key'), at('sshd.log')]
  const { keyType = 'ed25519' } = options
  const hostKeyNow = () => {
    createKey(hostKey, keyType)
    return createSshKey(hostKey, 'lab')
  }
  hostKeyNow()
  const { line } = createSshKey(userKey, 'lab')
  writeFileSync(at('authorized_keys'), [line, ...(options.authorizedKeys ?? []), ''].join('\n'))
  const port = await freePort()
  let listener: { id: number; start: string } | undefined

  const isRunning = () => listener !== undefined && startOf(listener.id) === listener.start

  async function start(): Promise<void> {
    if (isRunning()) return
    writeFileSync(at('sshd_config'), configurationOf(directory, port, options))
    const id = launch(at('sshd_config'), log, options.password === undefined ? [] : withPassword(at('shadow'), options.password))
    listener = { id, start: startOf(id) }
    const deadline = Date.now() + limitMs
    while (!(await answers(port))) {
      if (!isRunning() || Date.now() > deadline) throw new Error(`The SSH server did not start:\n${readFileSync(log, 'utf8')}`)
      await sleep(20)
    }
    // The connection that asked whether it answers.
    while (childrenOf(id).length > 0) await sleep(5)
  }

  async function stop(): Promise<void> {
    if (listener === undefined || !isRunning()) return
    const all = [listener.id, ...descendantsOf(listener.id)]
    for (const id of all) kill(id)
    while (all.some((id) => startOf(id) !== '')) await sleep(10)
  }

  async function down(): Promise<void> {
    await stop()
    rmSync(directory, { recursive: true, force: true })
  }

  const server: SshServer = {
    directory,
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    userKey,
    hostFingerprint: () => hostKeyNow().fingerprint,
    knownHostsLine: () => `[127.0.0.1]:${port} ${hostKeyNow().line}`,
    connections: () => (listener === undefined || !isRunning() ? [] : childrenOf(listener.id)),
    start,
    stop,
    changeHostKey() {
      for (const file of [hostKey, `${hostKey}.pub`]) rmSync(file)
      hostKeyNow()
    },
    down,
  }
  try {
    await start()
    return server
  } catch (error) {
    await down()
    throw error
  }
}

function createKey(file: string, type: 'ed25519' | 'ecdsa' | 'rsa'): void {
  if (type !== 'ed25519' && !existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'lab', '-f', file])
}

function configurationOf(directory: string, port: number, options: SshServerOptions): string {
  const { shell, path } = options
  const prefix = path === undefined ? '' : `PATH=${path}; export PATH; `
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(directory, 'host_key')}`,
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    // What this machine's user starts with every shell (version managers, prompts) is no part of the server.
    `SetEnv HOME=${directory}`,
    'PermitRootLogin yes',
    'UseDNS no',
    'PrintMotd no',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
    ...(options.maxSessions === undefined ? [] : [`MaxSessions ${options.maxSessions}`]),
    ...(shell === undefined && path === undefined ? [] : [`ForceCommand ${prefix}exec ${shell ?? 'sh'} -c "$SSH_ORIGINAL_COMMAND"`]),
    ...(options.configuration ?? []),
    '',
  ].join('\n')
}

/** What leads into a place where the password of the account is another than on the machine. */
function withPassword(shadow: string, password: string): string[] {
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { encoding: 'utf8', input: password }).trim()
  writeFileSync(shadow, `${userInfo().username}:${hash}:20000:0:99999:7:::\n`, { mode: 0o600 })
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', 'mount --bind "$0" /etc/shadow; exec "$@"', shadow]
}

function launch(configuration: string, log: string, place: readonly string[]): number {
  // Started by root, the server confines itself to this directory before anybody has logged in.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  const executable = execFileSync('sh', ['-c', 'command -v sshd'], { encoding: 'utf8', env: { PATH: searchPath() } }).trim()
  const output = openSync(log, 'a')
  chmodSync(log, 0o600)
  // A server a test started ends with the test, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...place, executable, '-D', '-e', '-f', configuration], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { PATH: searchPath() },
  })
  closeSync(output)
  child.on('error', () => undefined)
  child.unref()
  if (child.pid === undefined) throw new Error('sshd could not be started')
  return child.pid
}

function descendantsOf(id: number): number[] {
  return childrenOf(id).flatMap((child) => [child, ...descendantsOf(child)])
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => done(true))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
    const done = (result: boolean) => {
      resolve(result)
      socket.destroy()
    }
  })
}
