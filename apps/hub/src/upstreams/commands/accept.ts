import { ToolError } from '@rackwarden/core'
import type { Application } from '@rackwarden/server'
import { askYes, exitCodes, isAsking, passphraseFor, type OpenOptions, type Terminal } from '@rackwarden/server/cli'
import { acceptancePath, writeAcceptance, type Accepted } from '../acceptance.ts'
import type { Offered } from '../definitions.ts'
import { headOf, notesOn } from './look.ts'
import { atUpstreams } from './opened.ts'
import { hiddenIn, linesOf, rowsOf, waits, type Row } from './report.ts'

/** What `upstreams accept` and `forget` can be told. */
export interface AcceptOptions extends OpenOptions {
  tool?: string[]
  yes?: boolean
}

/** Shows what waits of an upstream, and accepts exactly what was shown. */
export function acceptUpstream(application: Application, name: string, options: AcceptOptions, terminal: Terminal): Promise<number> {
  return atUpstreams(application, options, terminal, async ({ desk, ask }) => {
    const asked = await ask(name)
    const { acceptance, offered, configuration } = asked
    const all = rowsOf(acceptance.accepted, offered, configuration)
    const chosen = chosenOf(all, options.tool)
    const waiting = chosen.filter((row) => waits(row) || row.compared.standing === 'gone')
    terminal.print(desk.runtime.secrets.text([headOf(name, asked), ...waiting.flatMap((row) => ['', ...linesOf(row)])].join('\n')))
    for (const note of notesOn(asked, 0, '').slice(0, -1)) terminal.complain(note)
    if (waiting.length === 0 && acceptance.accepted !== undefined) {
      terminal.print('Nothing waits: all of it is as you accepted it.')
      return exitCodes.ok
    }
    const hidden = hiddenIn(waiting)
    if (hidden !== undefined) terminal.complain(hidden)
    const told = waiting.map(({ compared }) => compared.name)
    const what = `${told.length} tools and prompts of '${name}'`
    if (options.yes !== true) {
      if (!isAsking(terminal))
        throw new ToolError('denied', 'Nobody can be asked here, and nothing was accepted.', {
          hint: 'Run it in a terminal of your own, or say --yes.',
        })
      if (!(await askYes(`A model will be shown these words. Accept ${what}?`, terminal))) {
        terminal.print('Nothing was accepted.')
        return exitCodes.failed
      }
    }
    const passphrase = await passphraseFor(desk, `accepting ${what}`, terminal)
    const { runtime, owner } = desk
    const record: Omit<Accepted, 'signature' | 'version'> = {
      name,
      identity: configuration.identity,
      accepted_at: new Date(runtime.clock.now()).toISOString(),
      server: offered.server,
      ...acceptedOf(acceptance.accepted, offered, options.tool === undefined ? undefined : new Set(told)),
    }
    const decided = {
      tool: 'upstreams accept',
      service: name,
      result: 'approved',
      summary: `Accepted ${what}`,
      input: { name, identity: record.identity, accepted: told },
    }
    await desk.audited(decided, () => writeAcceptance(record, { store: runtime.store, owner, passphrase }))
    terminal.print(`Accepted. A running hub takes them up within a second.`)
    return exitCodes.ok
  })
}

/** Takes back what was accepted of an upstream; a no takes no passphrase. */
export function forgetUpstream(application: Application, name: string, options: AcceptOptions, terminal: Terminal): Promise<number> {
  return atUpstreams(application, options, terminal, async ({ desk }) => {
    const { store } = desk.runtime
    if (!/^[a-z0-9-]+$/.test(name) || !(await store.has(acceptancePath(name))))
      throw new ToolError('not_found', `Nothing was accepted of '${name}'.`, { hint: "'upstreams list' shows what was." })
    const decided = {
      tool: 'upstreams forget',
      service: name,
      result: 'rejected',
      summary: `Nothing of '${name}' is accepted any more`,
      input: { name },
    }
    await desk.audited(decided, () => store.remove(acceptancePath(name)))
    terminal.print(`Nothing of '${name}' is offered any more. A running hub notices within a second.`)
    return exitCodes.ok
  })
}

function chosenOf(rows: readonly Row[], names: readonly string[] | undefined): readonly Row[] {
  if (names === undefined) return rows
  const unknown = names.find((name) => !rows.some(({ compared }) => compared.name === name && compared.now !== undefined))
  if (unknown !== undefined)
    throw new ToolError('not_found', `It offers nothing called '${unknown}'.`, {
      hint: `It offers: ${rows
        .map(({ compared }) => compared.name)
        .join(', ')
        .slice(0, 500)}.`,
    })
  return rows.filter(({ compared }) => names.includes(compared.name))
}

/** What is accepted afterwards: what is offered now, or of that what was named, beside what was accepted before. */
function acceptedOf(
  before: Accepted | undefined,
  offered: Offered,
  names: ReadonlySet<string> | undefined,
): Pick<Accepted, 'tools' | 'prompts'> {
  if (names === undefined) return { tools: offered.tools, prompts: offered.prompts }
  const merged = <Definition extends { name: string }>(was: readonly Definition[], is: readonly Definition[]) => [
    ...was.filter(({ name }) => !names.has(name)),
    ...is.filter(({ name }) => names.has(name)),
  ]
  return { tools: merged(before?.tools ?? [], offered.tools), prompts: merged(before?.prompts ?? [], offered.prompts) }
}
