import { ToolError } from '@rackwarden/core'
import { configurationDirectory, configurationFileName, createId, type Log } from '@rackwarden/core/runtime'
import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Opened, OpenOptions } from './open.ts'
import type { Terminal } from './terminal.ts'

/** An editor writes more than once; this long after the last time the file is read. */
const settledMs = 200

/** A hang-up ends what a person started at a terminal that is closed now, and is word to read anew for what runs by itself. */
export function hangupEnds({ ask }: Terminal): boolean {
  return ask !== undefined
}

/** Goes on with the configuration of now whenever its file changes, or at SIGHUP, until the function it gives is called. */
export function reloadOnChange(opened: Opened, options: OpenOptions, terminal: Terminal): () => void {
  let [reloading, timer]: [Promise<void>, NodeJS.Timeout | undefined] = [Promise.resolve(), undefined]
  const reload = () => (reloading = reloading.then(() => reloaded(opened)))
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), settledMs)
  }
  const watchers = placesOf(options, terminal).flatMap((path) => watched(path, soon, opened.runtime.log))
  const onSignal = () => void reload()
  if (!hangupEnds(terminal)) process.on('SIGHUP', onSignal)
  return () => {
    clearTimeout(timer)
    process.off('SIGHUP', onSignal)
    for (const watcher of watchers) watcher.close()
  }
}

async function reloaded({ runtime, catalogue, caller, reload }: Opened): Promise<void> {
  const { clock, random, log, secrets } = runtime
  const told = {
    call: createId(clock, random),
    kind: 'configuration',
    tool: 'reload',
    service: '',
    instances: [],
    access: '',
    input: {},
  } as const
  const line = { ...told, principal: caller.principal }
  try {
    if (!(await reload())) return log('info', 'The configuration is the same as before.')
    runtime.audit.record({
      ...line,
      result: 'done',
      summary: `Configuration taken from ${catalogue.configuration.file ?? 'the environment'}`,
    })
    log('info', 'The configuration was read anew.')
  } catch (error) {
    const why = ToolError.isInstance(error) ? [error.message, error.hint].filter(Boolean).join(' ') : 'It could not be read.'
    runtime.audit.record({ ...line, result: 'error', error: secrets.text(why) })
    log('error', `The changed configuration was not taken: ${why}`)
  }
}

/** Where a configuration is read from: the file that was named, else the two places one may come to be. */
function placesOf({ config, demo = false }: OpenOptions, { directory, environment }: Terminal): string[] {
  if (config !== undefined) return [resolve(directory, config)]
  return demo ? [] : [directory, configurationDirectory(environment)].map((place) => resolve(place, configurationFileName))
}

/** Watches the directory, for whoever saves a file puts another one in its place; what cannot be watched is left to SIGHUP. */
function watched(path: string, changed: () => void, log: Log): FSWatcher[] {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === basename(path)) changed()
    })
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') log('warn', `Changes of ${path} are not noticed (${code}); SIGHUP has it read anew.`)
    return []
  }
}
