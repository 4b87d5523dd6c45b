import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** An agent that holds keys. */
export interface SshAgent {
  /** What `SSH_AUTH_SOCK` is to be. */
  readonly socket: string
  /** Ends it and removes every trace of it. */
  down: () => Promise<void>
}

/** Starts an agent of its own with the private keys at these paths. */
export async function startSshAgent(keys: readonly string[]): Promise<SshAgent> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-agent-'))
  const socket = join(directory, 'agent')
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  const down = async () => {
    child.kill()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await once(child.stdout, 'data')
    for (const path of keys) await promisify(execFile)('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  } catch (error) {
    await down()
    throw error
  }
  return { socket, down }
}
