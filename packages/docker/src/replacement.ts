import { setTimeout as sleep } from 'node:timers/promises'
import { ToolError } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import { retiredName } from './container-names.ts'
import { lifecycleOf, settledUp, type Lifecycle } from './lifecycle.ts'
import { recreationOf, type Successor } from './recreation.ts'

const provingMs = 120_000
const takingBackMs = 120_000
const [firstPauseMs, longestPauseMs] = [100, 1_000]

/** A container that is replaced by one like it. */
export interface Replacement {
  name: string
  id: string
  /** Whether its successor is to run. */
  up: boolean
  image: Successor['image']
}

interface ReplaceContext {
  client: DockerClient
  signal: AbortSignal
  progress: (message: string) => void
}

/** Puts a new container in the place of the old one; the old one is kept until the new one is well, and comes back where it is not. */
export async function replace(old: Replacement, context: ReplaceContext): Promise<string> {
  const { client, signal, progress } = context
  const whole = await client.whole(old.id, signal)
  const [image, info] = await Promise.all([client.image(whole.Image, signal), client.info(signal)])
  const { request, networks } = recreationOf(whole, { old: image, image: old.image, host: info.Name })
  let successor: string | undefined
  try {
    if (old.up) {
      progress(`stopping the old ${old.name}`)
      await client.stop(old.id, signal)
    }
    await client.rename(old.id, retiredName(old.name, old.id), signal)
    progress(`making the new ${old.name}`)
    successor = await client.create(old.name, request, signal)
    for (const { name, endpoint } of networks) await client.connectNetwork(name, successor, endpoint, signal)
    if (old.up) {
      await client.start(successor, signal)
      await proven(successor, context)
    }
  } catch (error) {
    throw await takenBack(error, old, successor, context)
  }
  // Volumes stay: the new one has them.
  await client.remove(old.id, {}, signal)
  return successor
}

/** Waits until a container that was started is well; throws why where it is not. */
async function proven(id: string, { client, signal, progress }: ReplaceContext): Promise<void> {
  const deadline = Date.now() + provingMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const verdict = settledUp(await lifecycleOf(id, client, signal))
    if (verdict === true) return
    if (typeof verdict === 'object') throw new ToolError('upstream', `The new container does not work: ${verdict.failed}.`)
    if (Date.now() > deadline) throw new ToolError('timeout', `The new container was not well within ${provingMs / 1000} s: ${verdict}.`)
    progress(`waiting: ${verdict}`)
    await sleep(pauseMs, undefined, { signal })
  }
}

/** Brings the old container back as it was, and tells both what failed and how that went. */
async function takenBack(
  error: unknown,
  old: Replacement,
  successor: string | undefined,
  { client, signal: given, progress }: ReplaceContext,
) {
  // What was begun is ended, whoever gave up waiting.
  const signal = AbortSignal.timeout(takingBackMs)
  const cause = given.aborted && !ToolError.isInstance(error) ? (given.reason as unknown) : error
  const said = cause instanceof Error ? cause.message : String(cause)
  const code = ToolError.isInstance(cause) ? cause.code : 'upstream'
  progress(`bringing the old ${old.name} back`)
  try {
    const made = successor ?? (await holderOf(old, client, signal))
    if (made !== undefined) await client.remove(made, { force: true }, signal)
    const { Name } = await client.inspect(old.id, signal)
    if (Name !== `/${old.name}`) await client.rename(old.id, old.name, signal)
    if (old.up) await client.start(old.id, signal)
  } catch (second) {
    const reason = second instanceof Error ? second.message : String(second)
    return new ToolError(code, `${said} The old ${old.name} could not be brought back: ${reason}`, {
      hint: `It is kept, with all it wrote: its id is ${old.id.slice(0, 12)}. recreate_container ${old.name} goes on from there.`,
      cause,
    })
  }
  return new ToolError(code, `${said} The old ${old.name} is back, ${old.up ? 'started again' : 'as it was'}; nothing was deleted.`, {
    hint: 'get_container and get_logs show the old one; what the new one wrote is in the message.',
    cause,
  })
}

/** Whoever has the name, where it is not the old one: made by a request whose answer never came. */
async function holderOf(old: Replacement, client: DockerClient, signal: AbortSignal): Promise<string | undefined> {
  const containers = await client.containers(signal)
  return containers.find(({ Id, Names, State }) => Id !== old.id && Names.includes(`/${old.name}`) && State === 'created')?.Id
}

/** What an interrupted replacement left behind. */
export interface Remains {
  /** The old container, under the name it was retired to. */
  retired: { id: string; name: string }
  /** What bears the name now. */
  current: Pick<Lifecycle, 'id' | 'state'> | undefined
}

/** Puts the old container back under its name, where its successor never ran. */
export async function resumed({ retired, current }: Remains, name: string, client: DockerClient, signal: AbortSignal): Promise<void> {
  if (current !== undefined) await client.remove(current.id, {}, signal)
  await client.rename(retired.id, name, signal)
}
