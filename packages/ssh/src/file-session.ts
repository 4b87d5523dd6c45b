import { ToolError } from '@rackwarden/core'
import type { SFTPWrapper } from 'ssh2'
import { abortable } from './abortable.ts'
import { channelFailure, type Purpose } from './failure.ts'
import { fileRequests, type FileRequests } from './file-requests.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import { createShared } from './shared.ts'

/** Does something with files of a host: over one channel that is opened at the first use and kept. */
export type WithFiles = <T>(work: (requests: FileRequests, session: Session) => Promise<T>, signal?: AbortSignal) => Promise<T>

const purpose: Purpose = {
  wanted: 'access to files',
  allowedBy: 'Its sshd_config needs the subsystem sftp, and MaxSessions must not be too low.',
}

interface Open {
  session: Session
  requests: FileRequests
  end(): void
}

/** Makes the way to the files of a host; one request that takes longer than the limit costs the channel. */
export function createFileSession(sessions: Sessions, timeoutMs: number): WithFiles {
  const shared = createShared(async (forget) => open(await sessions.current(), forget))
  return async (work, signal) => {
    const channel = await abortable(shared.get(), signal)
    const limit = new AbortController()
    const timer = setTimeout(() => {
      const { name } = channel.session.address
      limit.abort(
        new ToolError('timeout', `${name} did not do this with a file within ${timeoutMs} ms.`, {
          hint: 'Does the file system there hang?',
        }),
      )
      channel.end()
    }, timeoutMs)
    try {
      return await abortable(work(channel.requests, channel.session), limit.signal, channel.session.lost, signal)
    } finally {
      clearTimeout(timer)
    }
  }
}

async function open(session: Session, forget: () => void): Promise<Open> {
  const release = await abortable(session.slots.take(), session.lost)
  const over = () => {
    release()
    forget()
  }
  const opening = new Promise<SFTPWrapper>((resolve, reject) => {
    session.client.sftp((error, sftp) => {
      if (error !== undefined) return reject(error)
      sftp.on('error', () => undefined)
      sftp.once('close', over)
      return resolve(sftp)
    })
  })
  try {
    const sftp = await session.opened(opening)
    session.lost.addEventListener('abort', over, { once: true })
    return {
      session,
      requests: fileRequests(sftp),
      end() {
        over()
        sftp.end()
      },
    }
  } catch (error) {
    over()
    opening.then((late) => late.end()).catch(() => undefined)
    throw channelFailure(error, session.address, purpose)
  }
}
