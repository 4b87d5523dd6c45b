import { ToolError } from '@rackwarden/core'
import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2'
import type { HostAddress } from './address.ts'
import type { SshConfig } from './config.ts'
import { expandHome, readIfThere, readNamedFile } from './home-file.ts'

/** One way to prove who we are. */
export interface Credential {
  /** As messages name it. */
  name: 'agent' | 'key' | 'password'
  methods(user: string): AnyAuthMethod[]
}

/** What was tried at a login, and what the server said it accepts. */
export interface Login {
  handler: AuthHandlerMiddleware
  tried: string[]
  offered: string[]
}

const usualKeys = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']

/** Reads what is configured to log in with, in the order it is tried: agent, key, password. */
export async function readCredentials(config: SshConfig): Promise<Credential[]> {
  const { sshAgent, sshKey, sshPassword } = config
  const keys = sshKey === undefined ? [] : [await readKey(sshKey, config.sshKeyPassphrase)]
  // An agent may be there by chance and hold nothing; with a key or a password somebody has chosen.
  const usual = sshKey === undefined && sshPassword === undefined ? (await Promise.all(usualKeys.map(readUsualKey))).flat() : []
  const found = [
    ...(sshAgent === undefined ? [] : [agentCredential(expandHome(sshAgent))]),
    ...[...keys, ...usual].map(keyCredential),
    ...(sshPassword === undefined ? [] : [passwordCredential(sshPassword)]),
  ]
  if (found.length > 0) return found
  throw new ToolError('invalid_config', 'Nothing is configured to log in with, and there is no key in ~/.ssh.', {
    hint: 'Set sshKey, sshAgent or sshPassword.',
  })
}

/** Follows the order of the credentials, as far as the server accepts their kind. */
export function startLogin(credentials: readonly Credential[], { user }: HostAddress): Login {
  const waiting = credentials.flatMap((credential) => credential.methods(user).map((method) => ({ name: credential.name, method })))
  const login: Login = {
    tried: [],
    offered: [],
    handler(left, _partial, next) {
      // Before the first answer nothing is known of what the server accepts.
      if (Array.isArray(left)) login.offered.splice(0, Infinity, ...left.map(String))
      while (waiting.length > 0) {
        const { name, method } = waiting.shift() as (typeof waiting)[number]
        const kind = method.type === 'agent' ? 'publickey' : method.type
        if (login.offered.length > 0 && !login.offered.includes(kind)) continue
        if (!login.tried.includes(name)) login.tried.push(name)
        return next(method)
      }
      // The types do not know that this ends the login.
      return next(false as unknown as AnyAuthMethod)
    },
  }
  return login
}

function agentCredential(agent: string): Credential {
  return { name: 'agent', methods: (username) => [{ type: 'agent', username, agent }] }
}

function keyCredential(key: ParsedKey): Credential {
  return { name: 'key', methods: (username) => [{ type: 'publickey', username, key }] }
}

function passwordCredential(password: string): Credential {
  return {
    name: 'password',
    methods: (username) => [
      { type: 'password', username, password },
      // Where PAM asks, it asks one question at a time; only the one for the password is answered.
      {
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(({ prompt }) => (/passw|passphrase|kennwort|mot de passe/i.test(prompt) ? password : ''))),
      },
    ],
  }
}

async function readKey(sshKey: string, passphrase: string | undefined): Promise<ParsedKey> {
  const text = sshKey.includes('-----BEGIN') || sshKey.startsWith('PuTTY-User-Key-File') ? sshKey : await readNamedFile('sshKey', sshKey)
  const parsed = (await parser())(text, passphrase)
  if (parsed instanceof Error) throw keyProblem(parsed, passphrase)
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | undefined) : parsed
  if (key?.isPrivateKey() === true) return key
  throw new ToolError('invalid_config', 'sshKey is a public key.', { hint: 'Set sshKey to the private one, the file without .pub.' })
}

/** The library is read at the first login: nothing else needs it. */
async function parser() {
  const { default: ssh2 } = await import('./libraries/ssh2.ts')
  return ssh2.utils.parseKey
}

function keyProblem({ message }: Error, passphrase: string | undefined): ToolError {
  if (/no passphrase/i.test(message))
    return new ToolError('invalid_config', 'sshKey is protected by a passphrase.', { hint: 'Set sshKeyPassphrase, or use an agent.' })
  if (passphrase !== undefined && /encrypted|passphrase|integrity|decrypt|bad/i.test(message))
    return new ToolError('invalid_config', 'sshKeyPassphrase does not open sshKey.')
  // The library's own words may quote the key.
  return new ToolError('invalid_config', 'sshKey is no private key this client can read.', {
    hint: 'It reads OpenSSH keys and PEM keys of RSA and ECDSA; `ssh-keygen -p -f FILE` rewrites a key as the former.',
  })
}

async function readUsualKey(path: string): Promise<ParsedKey[]> {
  const text = await readIfThere(path)
  const parsed = text === '' ? new Error('none') : (await parser())(text)
  return parsed instanceof Error ? [] : [parsed].flat().filter((key) => key.isPrivateKey())
}
