import { Duplex } from 'node:stream'
import type { DialTarget } from '@rackwarden/core'
import type { ClientChannel } from 'ssh2'
import { channelFailure, type Purpose } from './failure.ts'
import type { Session } from './session.ts'

/** Opens a raw stream that begins on the far side: to a host and port as seen from there, or to a socket there. */
export async function streamOf(session: Session, target: DialTarget, signal?: AbortSignal): Promise<Duplex> {
  const opening = new Promise<ClientChannel>((resolve, reject) => {
    const done = (error: Error | undefined, channel: ClientChannel) => (error === undefined ? resolve(channel) : reject(error))
    if ('socketPath' in target) session.client.openssh_forwardOutStreamLocal(target.socketPath, done)
    else session.client.forwardOut('127.0.0.1', 0, target.host, target.port, done)
  })
  try {
    return toStream(await session.opened(opening, signal), session.lost)
  } catch (error) {
    opening.then((late) => late.close()).catch(() => undefined)
    if (signal?.aborted === true) throw error
    throw channelFailure(error, session.address, purposeOf(target))
  }
}

function purposeOf(target: DialTarget): Purpose {
  if ('socketPath' in target)
    return {
      wanted: `the socket ${target.socketPath}`,
      allowedBy: 'AllowStreamLocalForwarding must be yes in its sshd_config, and authorized_keys must not restrict the key.',
      // A server may tell one that is forbidden as one that does not answer.
      missing:
        'Is the service running there, is the path right, may this user open the socket, and is AllowStreamLocalForwarding yes there?',
    }
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  return {
    wanted: `${host}:${target.port}`,
    allowedBy: 'AllowTcpForwarding must be yes in its sshd_config, and authorized_keys must not restrict the key.',
    missing: 'Is the service running there, and is the port right?',
  }
}

/** A channel as other code expects a socket: it can be destroyed, and its end is its end. */
function toStream(channel: ClientChannel, lost: AbortSignal): Duplex {
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void channel.resume(),
    write(chunk: Buffer, _encoding, done) {
      // While the server takes no more, the channel calls back no sooner than it does.
      channel.write(chunk, done)
    },
    final(done) {
      channel.end()
      done()
    },
    destroy(error, done) {
      lost.removeEventListener('abort', cut)
      channel.close()
      channel.resume()
      done(error)
    },
  })
  const cut = () => stream.destroy(Object.assign(new Error('The connection that carried it was lost.'), { code: 'ECONNRESET' }))
  lost.addEventListener('abort', cut, { once: true })
  channel.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) channel.pause()
  })
  channel.on('end', () => stream.push(null))
  channel.on('error', (error: Error) => stream.destroy(error))
  channel.on('close', () => {
    if (!stream.readableEnded && !channel.readableEnded) stream.push(null)
    if (!stream.writableFinished) stream.end()
  })
  return stream
}
