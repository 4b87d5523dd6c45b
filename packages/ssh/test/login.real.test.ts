import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requireComponent, startSshAgent, type SshServer } from '@rackwarden/lab'
import { failure } from '@rackwarden/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pinned, serve, through, until } from './ways.ts'

const missing = requireComponent('sshd')
const run = promisify(execFile)

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ssh-login-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** Makes a key; with a passphrase, where one is given. */
async function key(type: string, passphrase = ''): Promise<{ path: string; line: string }> {
  const path = join(await directory(), 'key')
  await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path, ...(type === 'rsa' ? ['-b', '2048'] : [])])
  return { path, line: (await readFile(`${path}.pub`, 'utf8')).trim() }
}

/** An agent that holds keys, and is gone at the end of the test. */
async function agent(keys: readonly string[]): Promise<string> {
  const { socket, down } = await startSshAgent(keys)
  onTestFinished(down)
  return socket
}

/** A known_hosts file with these lines. */
async function knownHosts(...lines: string[]): Promise<string> {
  const path = join(await directory(), 'known_hosts')
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

/** A server's address and key, without anything that says who the server is. */
function unpinned(server: SshServer) {
  const { sshHostKey: _, ...rest } = pinned(server)
  return rest
}

describe.skipIf(missing !== undefined)('the key of a host', () => {
  test('that is not known is refused, with the exact line to add, and nothing is sent', async () => {
    const server = await serve()
    const config = { ...unpinned(server), sshKnownHosts: await knownHosts('# nobody') }
    const error = await failure(through(config).exec(['true']))
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `The host key of 127.0.0.1:${server.port} is not known. Nothing was sent.`,
    })
    expect(error.hint).toContain(`ssh-keyscan -p ${server.port} 127.0.0.1`)
    const [, line = ''] = /sshHostKey: "(SHA256:[^"]+)"$/.exec(error.hint ?? '') ?? []
    expect(line).toBe(server.hostFingerprint())
    expect((await through({ ...config, sshHostKey: line }).exec(['echo', 'in'])).stdout).toBe('in\n')
  })

  test('that has changed is refused loudly, by its pin and by known_hosts', async () => {
    const server = await serve()
    const sshKnownHosts = await knownHosts(server.knownHostsLine())
    const byFile = { ...unpinned(server), sshKnownHosts }
    const byPin = pinned(server)
    expect((await through(byFile).exec(['echo', 'known'])).stdout).toBe('known\n')
    await server.stop()
    server.changeHostKey()
    await server.start()
    for (const config of [byFile, byPin]) {
      const error = await failure(through(config).exec(['true']))
      expect(error).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(`THE HOST KEY OF 127.0.0.1:${server.port} HAS CHANGED`),
      })
      expect(error.message).toContain('Nothing was sent.')
      expect(error.hint).toContain(`sshHostKey: "${server.hostFingerprint()}"`)
    }
  })

  test('that known_hosts revokes is refused, though another line knows it', async () => {
    const server = await serve()
    const line = server.knownHostsLine()
    const error = await failure(
      through({ ...unpinned(server), sshKnownHosts: await knownHosts(line, `@revoked * ${line.replace(/^\S+ /, '')}`) }).exec(['true']),
    )
    expect(error.message).toContain('revokes')
  })

  test('is found under a hashed name', async () => {
    const server = await serve()
    const file = await knownHosts(server.knownHostsLine())
    await run('ssh-keygen', ['-q', '-H', '-f', file])
    expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/)
    expect((await through({ ...unpinned(server), sshKnownHosts: file }).exec(['echo', 'in'])).stdout).toBe('in\n')
  })

  test.for(['ecdsa', 'rsa'] as const)('of another type than the usual first one counts as well: %s', async (keyType) => {
    const other = join(await directory(), 'other')
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
    // The server shows its ed25519 key first, and has the one we know as well.
    const server = await serve({ keyType, configuration: [`HostKey ${other}`] })
    expect((await through(pinned(server)).exec(['echo', 'pinned'])).stdout).toBe('pinned\n')
    const sshKnownHosts = await knownHosts(server.knownHostsLine())
    expect((await through({ ...unpinned(server), sshKnownHosts }).exec(['echo', 'known'])).stdout).toBe('known\n')
    const wrong = await failure(through({ ...pinned(server), sshHostKey: `SHA256:${'A'.repeat(43)}` }).exec(['true']))
    expect(wrong.message).toContain('HAS CHANGED')
  })
})

describe.skipIf(missing !== undefined)('a login', () => {
  test.for(['ed25519', 'ecdsa', 'rsa'])('with a key of type %s, as a file or as text', async (type) => {
    const { path, line } = await key(type)
    const server = await serve({ authorizedKeys: [line] })
    for (const sshKey of [path, await readFile(path, 'utf8')])
      expect((await through({ ...pinned(server), sshKey }).exec(['echo', 'in'])).stdout).toBe('in\n')
  })

  test('with a key under a passphrase needs the passphrase, and says so', async () => {
    const { path, line } = await key('ed25519', 'orchid-lantern-77')
    const server = await serve({ authorizedKeys: [line] })
    const config = { ...pinned(server), sshKey: path }
    expect((await through({ ...config, sshKeyPassphrase: 'orchid-lantern-77' }).exec(['echo', 'in'])).stdout).toBe('in\n')
    expect(await failure(through(config).exec(['true']))).toMatchObject({
      code: 'invalid_config',
      hint: expect.stringContaining('sshKeyPassphrase'),
    })
    const wrong = await failure(through({ ...config, sshKeyPassphrase: 'not-the-passphrase' }).exec(['true']))
    expect(wrong).toMatchObject({ code: 'invalid_config', message: 'sshKeyPassphrase does not open sshKey.' })
  })

  test('with an agent, before the key', async () => {
    const { path, line } = await key('ed25519')
    const server = await serve({ authorizedKeys: [line] })
    const { sshKey: _, ...config } = pinned(server)
    expect((await through({ ...config, sshAgent: await agent([path]) }).exec(['echo', 'in'])).stdout).toBe('in\n')
    const stranger = await key('ed25519')
    // The agent has no key for it, or is not there: the key file counts.
    for (const sshAgent of [await agent([stranger.path]), await agent([]), '/nowhere/agent'])
      expect((await through({ ...config, sshAgent, sshKey: path }).exec(['echo', 'in'])).stdout).toBe('in\n')
  })

  test('that fails names the user and what was tried, and no secret', async () => {
    const server = await serve()
    const { path } = await key('ed25519')
    const error = await failure(
      through({ ...pinned(server), sshKey: path, sshAgent: await agent([path]), sshPassword: 'orchid-lantern-77' }).exec(['true']),
    )
    expect(error).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`did not let '${server.user}' in; tried: agent, key`),
    })
    expect(error.message).toContain(`127.0.0.1:${server.port}`)
    expect(JSON.stringify([error.message, error.hint])).not.toContain('orchid')
  })

  test('to an account that the server ends for too many keys says what to do', async () => {
    const server = await serve({ configuration: ['MaxAuthTries 2'] })
    const keys = await Promise.all([1, 2, 3].map(async () => (await key('ed25519')).path))
    const error = await failure(through({ ...pinned(server), sshAgent: await agent(keys) }).exec(['true']))
    expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('more keys than the server lets be tried') })
  })
})

describe.skipIf(missing !== undefined)('a jump host', () => {
  test('is gone through, with a key of its own to know it by', async () => {
    const [jump, target] = [await serve(), await serve()]
    await writeFile(join(target.directory, 'authorized_keys'), await readFile(`${jump.userKey}.pub`))
    const config = {
      ...pinned(target),
      sshKey: jump.userKey,
      sshJump: `${jump.user}@${jump.host}:${jump.port}`,
      sshJumpHostKey: jump.hostFingerprint(),
    }
    const connection = through(config)
    expect((await connection.exec(['sh', '-c', 'echo "$SSH_CONNECTION"'])).stdout).toMatch(new RegExp(` ${target.port}\n$`))
    expect(jump.connections()).toHaveLength(1)
    const unknown = await failure(through({ ...config, sshJumpHostKey: undefined, sshKnownHosts: await knownHosts() }).exec(['true']))
    expect(unknown).toMatchObject({
      message: expect.stringContaining(`127.0.0.1:${jump.port} is not known`),
      hint: expect.stringContaining('sshJumpHostKey: "SHA256:'),
    })
    const swapped = await failure(through({ ...config, sshHostKey: jump.hostFingerprint() }).exec(['true']))
    expect(swapped.message).toContain(`127.0.0.1:${target.port} HAS CHANGED`)
    await connection.close()
    await until(() => jump.connections().length === 0 && target.connections().length === 0)
  })

  test('that cannot reach the target, or may not, is named', async () => {
    const [jump, target] = [await serve(), await serve()]
    const sshJump = `${jump.user}@${jump.host}:${jump.port}`
    const config = { ...pinned(target), sshKey: jump.userKey, sshJump, sshJumpHostKey: jump.hostFingerprint() }
    await target.stop()
    expect(await failure(through(config).exec(['true']))).toMatchObject({
      code: 'unreachable',
      message: `127.0.0.1:${jump.port} could not reach 127.0.0.1:${target.port}.`,
    })
    const closed = await serve({ configuration: ['AllowTcpForwarding no'] })
    const forbidden = {
      ...config,
      sshKey: closed.userKey,
      sshJump: `${closed.user}@${closed.host}:${closed.port}`,
      sshJumpHostKey: closed.hostFingerprint(),
    }
    expect(await failure(through(forbidden).exec(['true']))).toMatchObject({
      code: 'forbidden',
      hint: expect.stringContaining('AllowTcpForwarding'),
    })
  })
})

describe.skipIf(missing !== undefined)('a connection', () => {
  test('that was lost fails what is under way, and the next call opens it anew', async () => {
    const server = await serve()
    const connection = through(pinned(server))
    const running = [failure(connection.exec(['sleep', '60'])), failure(connection.exec(['sh', '-c', 'echo begun; sleep 60']))]
    await until(() => server.connections().length === 1)
    await connection.exec(['true'])
    await server.stop()
    for (const error of await Promise.all(running))
      expect(error).toMatchObject({ code: 'unreachable', message: `The connection to 127.0.0.1:${server.port} was lost.` })
    expect(await failure(connection.exec(['true']))).toMatchObject({ code: 'unreachable', message: expect.stringContaining('refused') })
    await server.start()
    expect((await connection.exec(['echo', 'back'])).stdout).toBe('back\n')
    // And again, without anything under way.
    await server.stop()
    await server.start()
    expect((await connection.exec(['echo', 'again'])).stdout).toBe('again\n')
  })

  test('is opened by the first call alone, and ends with close', async () => {
    const server = await serve()
    const connection = through(pinned(server))
    expect(server.connections()).toEqual([])
    await Promise.all([connection.exec(['true']), connection.exec(['true'])])
    expect(server.connections()).toHaveLength(1)
    const running = failure(connection.exec(['sleep', '60']))
    await connection.close()
    expect(await running).toMatchObject({ code: 'unreachable' })
    expect(await failure(connection.exec(['true']))).toMatchObject({ code: 'unreachable', message: expect.stringContaining('was closed') })
    await until(() => server.connections().length === 0)
  })

  test('to what never answers, or is no SSH server, costs the limit and says so', async () => {
    const listener = createServer((socket) => sockets.push(socket))
    const sockets: { destroy(): unknown; write(text: string): unknown }[] = []
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      listener.close()
    })
    const { port } = listener.address() as { port: number }
    const config = {
      url: `ssh://root@127.0.0.1:${port}`,
      sshPassword: 'unused-here',
      sshHostKey: `SHA256:${'A'.repeat(43)}`,
      timeoutMs: 300,
    }
    expect(await failure(through(config).exec(['true']))).toMatchObject({
      code: 'timeout',
      message: `127.0.0.1:${port} did not let us in within 300 ms.`,
    })
    const garbage = failure(through({ ...config, timeoutMs: 5000 }).exec(['true']))
    await until(() => sockets.length === 2)
    sockets[1]?.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    sockets[1]?.destroy()
    expect(await garbage).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('SSH server') })
  })

  test('to a server that stops reacting is given up, and the next call connects anew', async () => {
    const server = await serve()
    const connection = through({ ...pinned(server), timeoutMs: 1000 })
    await connection.exec(['true'])
    const [id = 0] = server.connections()
    process.kill(id, 'SIGSTOP')
    onTestFinished(() => {
      try {
        process.kill(id, 'SIGCONT')
      } catch {
        // It ended with its server.
      }
    })
    expect(await failure(connection.exec(['true']))).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('did not react within 1000 ms'),
    })
    expect((await connection.exec(['echo', 'anew'])).stdout).toBe('anew\n')
  })
})
