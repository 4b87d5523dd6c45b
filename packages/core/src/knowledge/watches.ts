import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { View } from '../call/view.ts'
import type { Clock, Runtime } from '../runtime/runtime.ts'
import type { Documents } from './documents.ts'

/** Tells of what changed without being written through here: looked at now and then, as long as somebody waits for it. */
export interface Watches {
  /** Watches what an address reads; what cannot be watched cheaply is never told of. */
  watch(parts: readonly string[], view: View, changed: () => void): () => void
  /** Watches which documents there are. */
  watchList(changed: () => void): () => void
  close(): void
}

/** What is told of a thing now: where it is another text, the thing changed. */
type Digest = () => Promise<string>

const everyMs = { file: 2_000, journal: 2_000, list: 15_000, services: 30_000 } as const

/** Makes the watches of a process; the same thing is looked at once, however many wait for it. */
export function createWatches({
  documents,
  runtime,
  health,
  latestChange,
}: {
  documents: Documents
  runtime: Pick<Runtime, 'clock' | 'store'>
  /** How the services a view shows are now. */
  health: (view: View) => Promise<string>
  /** The latest change a view shows. */
  latestChange: (view: View) => Promise<string>
}): Watches {
  const looks = new Map<string, Look>()

  function watchBy(key: string, every: number, digest: Digest, changed: () => void): () => void {
    const look = looks.get(key) ?? createLook(runtime.clock, every, digest)
    looks.set(key, look)
    look.waiting.add(changed)
    return () => {
      look.waiting.delete(changed)
      if (look.waiting.size > 0) return
      look.stop()
      if (looks.get(key) === look) looks.delete(key)
    }
  }

  const files = async (folder: string, path?: string): Promise<string> => {
    const found = (await documents.look()).find(({ name }) => name === folder)
    const wanted = found?.files.filter((file) => path === undefined || file.path === path) ?? []
    return JSON.stringify(wanted.map((file) => [file.path, file.bytes, file.modifiedMs]))
  }

  /** Looks into the journal only where something was put into it: who sees a part of the lab is told of that part. */
  const changesOf = (view: View): Digest => {
    let at = ''
    let latest = ''
    return async () => {
      const now = await modified(join(runtime.store.directory, 'changes'))
      if (now !== at) latest = await latestChange(view)
      at = now
      return latest
    }
  }

  return {
    watch([kind = '', ...rest], view, changed) {
      const isWhole = view.service === undefined && view.caller.services === undefined
      if (kind === 'docs' && isWhole) {
        const [folder = '', ...path] = rest
        return watchBy(
          JSON.stringify([kind, ...rest]),
          everyMs.file,
          () => files(folder, path.length === 0 ? undefined : path.join('/')),
          changed,
        )
      }
      if (kind === 'pitfalls' && isWhole)
        return watchBy(kind, everyMs.file, async () => JSON.stringify(await documents.ownersPitfalls()), changed)
      if (kind === 'changes' || kind === 'change') return watchBy(seenBy('changes', view), everyMs.journal, changesOf(view), changed)
      if (kind === 'services' || kind === 'service') return watchBy(seenBy('services', view), everyMs.services, () => health(view), changed)
      return () => undefined
    },
    watchList: (changed) =>
      watchBy(
        'list',
        everyMs.list,
        async () => JSON.stringify((await documents.look()).map(({ name, files: all }) => [name, all.map(({ path }) => path)])),
        changed,
      ),
    close() {
      for (const look of looks.values()) look.stop()
      looks.clear()
    },
  }
}

function seenBy(kind: string, { service, caller }: View): string {
  return JSON.stringify([kind, service, caller.services])
}

interface Look {
  readonly waiting: Set<() => void>
  stop(): void
}

function createLook(clock: Clock, every: number, digest: Digest): Look {
  const waiting = new Set<() => void>()
  let stopped = false
  let cancel: () => void = () => undefined
  let last: string | undefined
  const look = async (): Promise<void> => {
    const now = await digest().catch(() => last)
    if (stopped) return
    if (last !== undefined && now !== last) for (const changed of waiting) changed()
    last = now
    cancel = clock.after(every, () => void look())
  }
  void look()
  return {
    waiting,
    stop: () => {
      stopped = true
      cancel()
    },
  }
}

/** When something was last put into a directory; nothing where it is not there. */
async function modified(directory: string): Promise<string> {
  const status = await stat(directory).catch(() => undefined)
  return String(status?.mtimeMs ?? 0)
}
