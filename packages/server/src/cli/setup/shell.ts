import { sshConfig, ToolError, type Command, type Connection, type RunCommand, type Setup } from '@rackwarden/core'
import { createConnection, type Runtime } from '@rackwarden/core/runtime'
import { acceptsPin, pinOf } from '../init/pin.ts'
import { isAsking } from '../init/questions.ts'
import { passphrasesIn } from '../passphrase.ts'
import type { Terminal } from '../terminal.ts'
import type { SetupOptions } from './setup-options.ts'

/** A shell on the machine of a target, for as long as a setup takes. */
export interface OpenShell {
  /** As it is named to the owner: `root@pve1`. */
  name: string
  run: RunCommand
  close: () => Promise<void>
}

const commandMs = 60_000
const mostTries = 3

/** Logs in over SSH: with a password that is asked for, used once and kept nowhere, or with keys the owner has. */
export async function openShell(
  setup: Setup,
  address: string,
  options: SetupOptions,
  runtime: Runtime,
  terminal: Terminal,
): Promise<OpenShell> {
  const { overSsh } = await setup.shell()
  const { SSH_AUTH_SOCK: agent } = terminal.environment
  const name = address.replace(/^ssh:\/\//, '')
  const values = { url: address, ...(options.sshHostKey === undefined ? {} : { sshHostKey: options.sshHostKey }) }
  const open = (password: string | undefined): Connection => {
    const way = password === undefined ? (agent ? { sshAgent: agent } : {}) : { sshPassword: password }
    const config = { ...values, ...way }
    return overSsh(config, createConnection(config, { log: runtime.log }), { log: runtime.log })
  }
  let password = await passwordFor(name, options, runtime, terminal)
  for (let tries = 1; ;) {
    const connection = open(password)
    try {
      await connection.exec(['true'], { timeoutMs: commandMs })
      return { name, run: async (command) => outputOf(connection, name, command), close: async () => connection.close?.() }
    } catch (error) {
      await connection.close?.()
      if (!ToolError.isInstance(error)) throw error
      const refusal = password === undefined && error.code === 'invalid_config' ? nothingToLogInWith(name, error) : error
      const pin = pinOf(error, sshConfig, values)
      // Whoever is told the password of root has the machine: a key that is another than the known one is not asked about.
      if (pin?.changed === true) throw error
      const { acceptFingerprints = false } = options
      if (pin !== undefined && (await acceptsPin(pin, error, { name, acceptFingerprints }, runtime, terminal)))
        values.sshHostKey = pin.fingerprint
      else if (refusal.code === 'unauthorized' && isAsking(terminal) && options.passwordFile === undefined && tries < mostTries) {
        tries += 1
        terminal.complain(refusal.message)
        password = await passwordFor(name, options, runtime, terminal)
      } else throw refusal
    }
  }
}

function nothingToLogInWith(name: string, cause: ToolError): ToolError {
  return new ToolError('unauthorized', `There is neither a password nor a key to log in to ${name} with.`, {
    hint: 'Add --password-file, load a key into your agent, or use --bootstrap paste.',
    cause,
  })
}

/** The password somebody types in or a file holds; undefined to log in with keys. */
async function passwordFor(
  name: string,
  { passwordFile }: SetupOptions,
  { secrets }: Runtime,
  terminal: Terminal,
): Promise<string | undefined> {
  const [given = ''] =
    passwordFile !== undefined
      ? await passphrasesIn(passwordFile, terminal)
      : isAsking(terminal)
        ? [await terminal.ask(`Password of ${name}, used once and kept nowhere; nothing to log in with your own keys: `, { hidden: true })]
        : []
  if (given === '') return undefined
  secrets.add(given)
  return given
}

async function outputOf(connection: Connection, name: string, command: Command): Promise<string> {
  const { exitCode, stdout, stderr } = await connection.exec(command, { timeoutMs: commandMs })
  if (exitCode === 0) return stdout
  const [program] = command
  if (exitCode === 127)
    throw new ToolError('upstream', `There is no ${program} on ${name}.`, { hint: 'Is it the right machine, and the one itself?' })
  const said = `${stderr}\n${stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  throw new ToolError(
    'upstream',
    `${program} on ${name} ended with ${exitCode}: ${said.slice(0, 3).join(' ').slice(0, 300) || 'it said nothing'}.`,
    {
      hint: `The command was: ${command.join(' ').slice(0, 300)}`,
    },
  )
}
