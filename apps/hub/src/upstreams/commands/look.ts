import { cleanText, type UpstreamConfiguration } from '@rackwarden/core/runtime'
import type { Application } from '@rackwarden/server'
import { exitCodes, table, type OpenOptions, type Terminal } from '@rackwarden/server/cli'
import type { Acceptance } from '../acceptance.ts'
import { atUpstreams, type Asked } from './opened.ts'
import { hiddenIn, linesOf, rowsOf, waits } from './report.ts'

/** What `upstreams list` and `show` can be told. */
export interface LookOptions extends OpenOptions {
  json?: boolean
  all?: boolean
}

/** Prints the upstreams that are configured. */
export function listUpstreams(application: Application, options: LookOptions, terminal: Terminal): Promise<number> {
  return atUpstreams(application, options, terminal, async ({ desk, entries, acceptanceOf }) => {
    const rows = await Promise.all(
      entries.map(async ({ name, configuration, problem }) => {
        if (configuration === undefined) return { name, reach: '', state: `cannot be used: ${problem.message}` }
        return { name, reach: desk.runtime.secrets.text(reachOf(configuration)), state: stateOf(await acceptanceOf(name)) }
      }),
    )
    if (options.json === true) terminal.print(JSON.stringify(rows, null, 2))
    else if (rows.length === 0) terminal.print("No upstream is configured. 'upstreams import <file>' takes over those of a client.")
    else terminal.print(table([['name', 'reached by', 'state'], ...rows.map(({ name, reach, state }) => [name, reach, state])]))
    return exitCodes.ok
  })
}

/** Connects to an upstream and prints what it offers, or what is not as it was accepted. */
export function showUpstream(application: Application, name: string, options: LookOptions, terminal: Terminal): Promise<number> {
  return atUpstreams(application, options, terminal, async ({ desk, ask }) => {
    const asked = await ask(name)
    const { acceptance, offered, configuration, era } = asked
    const rows = rowsOf(acceptance.accepted, offered, configuration)
    if (options.json === true) {
      const told = rows.map(({ kind, compared, access }) => ({ kind, access, ...compared }))
      terminal.print(
        JSON.stringify(
          desk.runtime.secrets.data({
            name,
            server: offered.server,
            era,
            accepted: acceptance.accepted !== undefined,
            definitions: told,
            left: offered.left,
          }),
          null,
          2,
        ),
      )
      return exitCodes.ok
    }
    const shown = options.all === true ? rows : rows.filter((row) => waits(row) || row.compared.standing === 'gone')
    const lines = [headOf(name, asked), ...shown.flatMap((row) => ['', ...linesOf(row)])]
    terminal.print(desk.runtime.secrets.text(lines.join('\n')))
    for (const note of notesOn(asked, rows.length - shown.length, desk.command(`upstreams accept ${name}`))) terminal.complain(note)
    const hidden = hiddenIn(shown)
    if (hidden !== undefined) terminal.complain(hidden)
    return exitCodes.ok
  })
}

/** The first line about an upstream. */
export function headOf(name: string, { acceptance, offered, era }: Asked): string {
  const { server, tools, prompts } = offered
  const isAccepted =
    acceptance.accepted === undefined ? `not accepted, for ${acceptance.why}` : `accepted ${acceptance.accepted.accepted_at}`
  return cleanText(
    `${name}: ${server.name} ${server.version} (${era} era), ${tools.length} tools, ${prompts.length} prompts, ${isAccepted}`,
  ).replaceAll('\n', ' ')
}

/** What else should be known of an upstream. */
export function notesOn({ acceptance, offered, instructions }: Asked, same: number, command: string): string[] {
  const waiting = acceptance.accepted === undefined || same < offered.tools.length + offered.prompts.length
  return [
    ...offered.left.map((left) => cleanText(left)),
    ...(instructions === undefined ? [] : ['It has instructions for the model, too; they are not passed on.']),
    ...(same > 0 ? [`${same} more are as they were accepted; --all shows them.`] : []),
    ...(waiting ? [`To accept what is shown: ${command}`] : ['Nothing waits for you.']),
  ]
}

function reachOf({ reach }: UpstreamConfiguration): string {
  return cleanText(reach.kind === 'stdio' ? [reach.command, ...reach.args].join(' ') : reach.connection.url).slice(0, 100)
}

function stateOf({ accepted, why }: Acceptance): string {
  if (accepted === undefined) return `waits for you, for ${why}`
  return `accepted: ${accepted.tools.length} tools, ${accepted.prompts.length} prompts`
}
