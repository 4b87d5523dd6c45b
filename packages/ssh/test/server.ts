import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import ssh2, { type AuthContext, type Connection as ServerConnection, type ServerChannel } from 'ssh2'
import { onTestFinished } from 'vitest'
import type { SshConfig } from '../src/index.ts'
import { fingerprintOf } from '../src/host-key.ts'

/** What a pretend server does, where it is not to let in whoever comes and answer nothing. */
export interface PretendServer {
  authenticate?: (context: AuthContext) => void
  command?: (line: string, channel: ServerChannel) => void
}

/** A server in this process, for what no server of the machine does; gone at the end of the test. */
export async function pretend({ authenticate = (context) => context.accept(), command }: PretendServer = {}): Promise<
  SshConfig & { port: number }
> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error) throw key
  const clients: ServerConnection[] = []
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    clients.push(client)
    client.on('error', () => undefined)
    client.on('authentication', authenticate)
    client.on('session', (accept) => {
      const session = accept()
      session.on('exec', (acceptRequest, reject, { command: line }) => {
        if (command === undefined) return reject()
        return command(line, acceptRequest())
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of clients) client.end()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, url: `ssh://ops@127.0.0.1:${port}`, sshHostKey: fingerprintOf(key.getPublicSSH()), sshPassword: 'orchid-lantern-77' }
}
