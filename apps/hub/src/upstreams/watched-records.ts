import type { StateStore } from '@rackwarden/core/runtime'
import { mkdirSync, watch, type FSWatcher } from 'node:fs'
import { dirname, join } from 'node:path'

const settleMs = 100
const lookEveryMs = 2_000

/** Calls back after records beside the one named were written, by whatever process, until the function it gives is called. */
export function watchRecords(store: StateStore, record: string, changed: () => Promise<void>): () => void {
  const directory = join(store.directory, dirname(record))
  let timer: NodeJS.Timeout | undefined
  let looking: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void changed().catch(() => undefined), settleMs).unref()
  }
  const look = () => {
    looking ??= setInterval(soon, lookEveryMs).unref()
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    watcher = watch(directory, { persistent: false }, soon)
    watcher.on('error', look)
  } catch {
    // A read-only directory, or no watches left: then it is looked at.
    look()
  }
  return () => {
    watcher?.close()
    clearTimeout(timer)
    clearInterval(looking)
  }
}
