import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { freePort } from './free-port.ts'
import { guard } from './guardian.ts'
import { supervise } from './supervisor.ts'

/** A reverse proxy with TLS on a loopback port, run with a block of configuration as somebody would write it. */
export interface ReverseProxy {
  readonly port: number
  /** The authority its certificate is vouched for by, as PEM. */
  readonly authority: string
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

/** What a proxy is started with. */
export interface ReverseProxyOptions {
  /** A site of Caddy's, or a `server` of nginx's, as it stands in a document. */
  block: string
  /** The name it is reached under. */
  name: string
  /** Where the block says the upstream is, and where it is. */
  upstream: { shown: string; port: number }
  /** What nginx shows; Caddy makes its own. */
  certificate: { key: string; certificate: string }
}

const startLimitMs = 30_000

/** Starts Caddy or nginx and waits until it shows its certificate. */
export async function startReverseProxy(kind: 'caddy' | 'nginx', options: ReverseProxyOptions): Promise<ReverseProxy> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const release = guard(home)
  const supervisor = supervise(home, kind, { detached: false, leash: 'TERM' })
  const down = async () => {
    await supervisor.stop()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    release()
  }
  try {
    const port = await freePort()
    const block = replaced(options.block, options.upstream.shown, `127.0.0.1:${options.upstream.port}`)
    const { command, authority } = await (kind === 'caddy' ? caddy(home, port, block) : nginx(home, port, block, options.certificate))
    supervisor.launch(command, { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home })
    const deadline = Date.now() + startLimitMs
    while (!(await shakesHands(port, options.name)) || !existsSync(authority)) {
      if (supervisor.process() === undefined || Date.now() > deadline) throw new Error(`${kind} did not start:\n${supervisor.lastLines()}`)
      await sleep(20)
    }
    return { port, authority: readFileSync(authority, 'utf8'), down }
  } catch (error) {
    await down()
    throw error
  }
}

interface Prepared {
  command: string[]
  /** File of the authority, there once it runs. */
  authority: string
}

async function caddy(home: string, port: number, block: string): Promise<Prepared> {
  const options = [
    'admin off',
    'default_bind 127.0.0.1',
    `http_port ${await freePort()}`,
    `https_port ${port}`,
    'auto_https disable_redirects',
    'local_certs',
    'skip_install_trust',
    `storage file_system ${home}/data`,
  ]
  writeFileSync(join(home, 'Caddyfile'), `{\n\t${options.join('\n\t')}\n}\n\n${block}`)
  return {
    command: ['caddy', 'run', '--config', join(home, 'Caddyfile'), '--adapter', 'caddyfile'],
    authority: join(home, 'data/pki/authorities/local/root.crt'),
  }
}

async function nginx(
  home: string,
  port: number,
  block: string,
  { key, certificate }: ReverseProxyOptions['certificate'],
): Promise<Prepared> {
  const [keyFile, certificateFile] = [join(home, 'server.key'), join(home, 'server.crt')]
  writeFileSync(keyFile, key, { mode: 0o600 })
  writeFileSync(certificateFile, certificate)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(home, name))
    return `${name}_temp_path ${join(home, name)};`
  })
  const site = replaced(
    replaced(block, 'listen 443 ssl', `listen 127.0.0.1:${port} ssl`),
    /(ssl_certificate) [^;]+;/g,
    `$1 ${certificateFile};`,
  )
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    `pid ${join(home, 'nginx.pid')};`,
    'error_log stderr;',
    'events {}',
    `http {\naccess_log off;\n${paths.join('\n')}\n${replaced(site, /(ssl_certificate_key) [^;]+;/g, `$1 ${keyFile};`)}}`,
  ]
  writeFileSync(join(home, 'nginx.conf'), `${lines.join('\n')}\n`)
  return { command: ['nginx', '-e', 'stderr', '-c', join(home, 'nginx.conf')], authority: certificateFile }
}

/** A block in which the place to be filled is not found shows something else than what is run. */
function replaced(text: string, place: string | RegExp, value: string): string {
  const after = text.replaceAll(place, value)
  if (after === text) throw new Error(`there is no ${String(place)} in:\n${text}`)
  return after
}

/** Caddy listens before it has a certificate to show. */
function shakesHands(port: number, servername: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Who vouches for it is looked at by whoever goes through it.
    const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false })
    const over = (isReady: boolean) => {
      socket.destroy()
      resolve(isReady)
    }
    socket.once('secureConnect', () => over(true))
    socket.once('error', () => over(false))
  })
}
