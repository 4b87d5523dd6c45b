import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { searchPath } from './component.ts'

/** The public half of an SSH key. */
export interface PublicKey {
  line: string
  /** `SHA256:…` as OpenSSH prints it. */
  fingerprint: string
}

/** Makes an ed25519 key in a file unless it is there already, with the public half beside it. */
export function createSshKey(file: string, comment: string): PublicKey {
  if (!existsSync(file))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file], { env: { PATH: searchPath() } })
  const line = readFileSync(`${file}.pub`, 'utf8').trim()
  const digest = createHash('sha256')
    .update(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
  return { line, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` }
}
