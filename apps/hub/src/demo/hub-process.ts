import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A hub of its own on the pretend lab, serving over HTTP. */
export interface HubProcess {
  /** Address of its endpoint. */
  readonly url: string
  /** Runs the same bin's command line beside it, on the same state; gives back what it printed. */
  run(...command: string[]): Promise<string>
  /** Resolves when the hub has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Starts the hub's bin on the pretend lab; nothing of the owner's configuration or state is read or written. */
export async function startHub(options: { bin: string; directory: string; address: string }): Promise<HubProcess> {
  const { bin, directory, address } = options
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('RACKWARDEN_'))
  const settings = {
    cwd: directory,
    env: { ...Object.fromEntries(kept), RACKWARDEN_STATE_DIR: `${directory}/state`, XDG_CONFIG_HOME: `${directory}/config` },
    windowsHide: true,
  }
  const hub = spawn(process.execPath, [bin, 'serve', '--demo', '--tier', 'operate', '--http', address], {
    ...settings,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(hub, 'exit').then(() => undefined)
  const url = await listening(hub)
  return {
    url,
    ended,
    run: (...command) => output(spawn(process.execPath, [bin, ...command], { ...settings, stdio: ['ignore', 'pipe', 'inherit'] })),
    stop: async () => {
      hub.kill('SIGTERM')
      await ended
    },
  }
}

/** The address the hub says it listens at; throws with what it said when it ends instead. */
function listening(hub: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    hub.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      const url = /https?:\/\/\S+\/mcp/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    })
    hub.once('error', reject)
    hub.once('exit', () => reject(new Error(`The hub did not start:\n${said}`)))
  })
}

async function output(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  await once(child, 'close')
  return text
}
