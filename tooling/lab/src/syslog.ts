import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { executablePath, searchPath } from './component.ts'
import { guard } from './guardian.ts'
import { supervise } from './supervisor.ts'

/** A syslog daemon with a socket and a file of its own; nothing of the machine's log is touched. */
export interface Syslog {
  readonly directory: string
  /** A search path whose `logger` is the machine's, but finds this daemon at `/dev/log`, or nothing while it is stopped. */
  readonly path: string
  /** The file everything is written to, in the traditional format. */
  readonly file: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

const startLimitMs = 30_000

const configurationOf = (home: string) => `
global(workDirectory="${home}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${home}/socket")
action(type="omfile" file="${home}/messages" template="RSYSLOG_TraditionalFileFormat")
`

// The program has its socket's path built in: where it alone can see it, another one stands there.
const loggerOf = (home: string) => `#!/bin/sh
exec unshare --mount --propagation private sh -ec '
mount -t tmpfs lab /dev
[ ! -S "${home}/socket" ] || ln -s "${home}/socket" /dev/log
exec "${executablePath('logger') ?? ''}" "$@"
' logger "$@"
`

/** Starts a syslog daemon and waits until it listens. */
export async function startSyslog(): Promise<Syslog> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rw-lab-')))
  const release = guard(home)
  writeFileSync(join(home, 'rsyslog.conf'), configurationOf(home))
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin', 'logger'), loggerOf(home), { mode: 0o755 })
  const supervisor = supervise(home, 'rsyslog', { detached: false })

  async function start(): Promise<void> {
    // What a daemon that was killed left would look like one that listens.
    rmSync(join(home, 'socket'), { force: true })
    supervisor.launch(['rsyslogd', '-n', '-f', join(home, 'rsyslog.conf'), '-i', join(home, 'rsyslog.pid')])
    const deadline = Date.now() + startLimitMs
    while (!existsSync(join(home, 'socket'))) {
      if (supervisor.process() === undefined || Date.now() > deadline) throw new Error(`rsyslogd did not start:\n${supervisor.lastLines()}`)
      await sleep(20)
    }
  }

  async function down(): Promise<void> {
    await supervisor.stop()
    rmSync(home, { recursive: true, force: true })
    release()
  }

  try {
    await start()
  } catch (error) {
    await down()
    throw error
  }
  return {
    directory: home,
    path: [join(home, 'bin'), searchPath()].join(delimiter),
    file: join(home, 'messages'),
    start,
    stop: () => supervisor.stop(),
    down,
  }
}
