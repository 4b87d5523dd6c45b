import { prefixOf } from '@rackwarden/core'
import { typedPartOf, type CallResult, type ToolListing } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { complainOf, exitCodes } from './failure.ts'
import { parseInput } from './input.ts'
import { openApplication, type Opened, type OpenOptions } from './open.ts'
import type { Terminal } from './terminal.ts'

/** What `call` can be told. */
export interface CallOptions extends OpenOptions {
  input?: string
  json?: boolean
}

/** A person at a shell waits: a call is never detached from the command that made it. */
const inlineBudgetMs = 24 * 60 * 60 * 1000

/** What ends the command; a write under way is told to stop and how it ended is recorded. The second one ends it at once. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls one tool, on the same path as every client; `words` are those of the command it was asked for with, where that is not `call`. */
export async function call(
  application: Application,
  asked: string,
  pairs: readonly string[],
  options: CallOptions,
  terminal: Terminal,
  words?: readonly string[],
): Promise<number> {
  const opened = await openApplication(application, { ...options, inlineBudgetMs }, terminal)
  const interrupt = new AbortController()
  const abort = () => interrupt.abort(new Error('Interrupted'))
  for (const signal of endingSignals) process.once(signal, abort)
  try {
    const { catalogue, caller } = opened
    const listings = catalogue.list({ caller })
    const name = nameOf(application, asked, listings)
    const listing = listings.find((tool) => tool.name === name)
    const input = parseInput(pairs, listing?.inputSchema, options.input)
    const result = await catalogue.call({ caller, name, input, signal: interrupt.signal })
    if (options.json === true) terminal.print(JSON.stringify(typedPartOf(result), null, 2))
    else show(result, opened, application.name, commandOf(words ?? ['call', name, ...pairs], options), terminal)
    return codeOf(result, listing !== undefined)
  } finally {
    for (const signal of endingSignals) process.off(signal, abort)
    await opened.close()
  }
}

/** A service alone answers to its tools' prefixed names, too. */
function nameOf({ prefixed, services }: Application, asked: string, listings: readonly ToolListing[]): string {
  if (prefixed || listings.some(({ name }) => name === asked)) return asked
  const prefix = services.map(({ name }) => prefixOf(name)).find((candidate) => asked.startsWith(candidate))
  return prefix === undefined ? asked : asked.slice(prefix.length)
}

function show(result: CallResult, { command }: Opened, program: string, line: string, terminal: Terminal): void {
  if (result.kind === 'error') complainOf(result.error, terminal)
  else terminal.print(result.text)
  if (result.kind !== 'plan' && result.kind !== 'pending') return
  const run = `  ${program} ${line} confirm=${result.plan?.confirm ?? ''}`
  if (result.kind === 'plan') terminal.print(`\nTo run it:\n${run}`)
  else terminal.print(`\nTo agree to it, and then to run it:\n  ${command(`approve ${result.approval ?? ''}`)}\n${run}`)
}

/** The line that was run, to be run again. */
function commandOf(words: readonly string[], { input, tier, config, demo }: CallOptions): string {
  const flags = [
    ...(demo === true ? ['--demo'] : []),
    ...(tier === undefined ? [] : ['--tier', tier]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(input === undefined ? [] : ['--input', input]),
  ]
  return [...words.filter((word) => !word.startsWith('confirm=')), ...flags].map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function codeOf(result: CallResult, listed: boolean): number {
  if (result.kind === 'plan' || result.kind === 'pending') return exitCodes.approvalRequired
  if (result.kind !== 'error') return exitCodes.ok
  const { code } = result.error
  if (code === 'pending') return exitCodes.approvalRequired
  return code === 'invalid_input' || (code === 'not_found' && !listed) ? exitCodes.usage : exitCodes.failed
}
