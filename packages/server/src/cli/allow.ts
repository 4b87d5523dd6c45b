import { nearestNames, prefixOf, ToolError } from '@rackwarden/core'
import type { StandingRule } from '@rackwarden/core/runtime'
import type { Application } from '../application.ts'
import { momentAfter, spanText } from '../moment.ts'
import { atDesk, type Desk } from './desk.ts'
import { exitCodes } from './failure.ts'
import type { OpenOptions } from './open.ts'
import { passphraseOf } from './passphrase.ts'
import { lineOf } from './request-text.ts'
import type { Terminal } from './terminal.ts'

/** What `allow` can be told. */
export interface AllowOptions extends OpenOptions {
  on?: string[]
  except?: string[]
  for?: string
  name?: string
  list?: boolean
  revoke?: string
  json?: boolean
}

/** Agrees ahead to the writes of a tool, for some time; lists such rules; takes one back. */
export async function allow(
  application: Application,
  words: readonly string[],
  options: AllowOptions,
  terminal: Terminal,
): Promise<number> {
  return atDesk(application, options, terminal, async (desk) => {
    if (options.revoke !== undefined) return await revoke(desk, options.revoke, options, terminal)
    if (words.length > 0 && options.list !== true) return await addRule(desk, application, words.join(' '), options, terminal)
    const rules = await desk.rules.list()
    if (options.json === true) terminal.print(JSON.stringify(rules, null, 2))
    else if (rules.length === 0) terminal.print('Nothing is allowed ahead.')
    else terminal.print(rules.map((rule) => ruleText(rule, desk.runtime.clock.now())).join('\n'))
    return exitCodes.ok
  })
}

async function addRule(desk: Desk, application: Application, asked: string, options: AllowOptions, terminal: Terminal): Promise<number> {
  const { except = [], on } = options
  const now = desk.runtime.clock.now()
  const tool = toolPatternOf(application, asked)
  const notTarget = on?.find((pattern) => !pattern.includes('/'))
  if (notTarget !== undefined)
    throw new ToolError('invalid_input', `--on takes targets, and '${notTarget}' is none`, {
      hint: 'Write for example docker/container/nginx, or docker/container/web-*.',
    })
  const rule: Omit<StandingRule, 'at'> = {
    name: options.name ?? (await freeName(desk, tool)),
    tools: [tool],
    ...(on === undefined ? {} : { targets: on }),
    except,
    until: momentAfter(options.for ?? '1h', now),
    by: desk.by,
  }
  const summary = ruleText({ ...rule, at: '' }, now)
  const show = options.json === true ? terminal.complain : terminal.print
  show(summary)
  const passphrase = await passphraseOf(desk, 'Passphrase, to allow this: ', terminal)
  const decided = { tool: 'allow', result: 'approved', summary, input: rule }
  const allowed = await desk.audited(decided, () => desk.rules.allow(rule, passphrase))
  if (options.json === true) terminal.print(JSON.stringify(allowed, null, 2))
  else terminal.print(`Allowed. '${desk.command(`allow --revoke ${rule.name}`)}' takes it back.`)
  return exitCodes.ok
}

async function revoke(desk: Desk, name: string, { json = false }: AllowOptions, terminal: Terminal): Promise<number> {
  const decided = { tool: 'allow', result: 'rejected', summary: `The rule '${lineOf(name)}' is taken back`, input: { name } }
  await desk.audited(decided, () => desk.rules.revoke(name))
  terminal.print(json ? JSON.stringify({ name, revoked: true }, null, 2) : `Revoked ${name}. It holds for no call from now on.`)
  return exitCodes.ok
}

/** What a rule allows, in one line. */
function ruleText({ name, tools, targets, except, until, by }: StandingRule, now: number): string {
  const on = targets === undefined ? 'any target' : targets.join(', ')
  const but = except.length === 0 ? '' : ` except ${except.join(', ')}`
  return lineOf(`${name}: ${tools.join(', ')} on ${on}${but}, for ${spanText(Date.parse(until) - now)} (until ${until}), by ${by}`)
}

/** The tool a rule is for, with its service before it: `docker restart_container`, `docker_restart_container`; `*` stands for any text. */
function toolPatternOf({ services }: Application, asked: string): string {
  const written = asked.trim().replaceAll(/[\s-]+/g, '_')
  const writes = services.flatMap(({ name, tools }) =>
    tools.flatMap(({ definition }) =>
      definition.access === 'observe'
        ? []
        : [
            {
              name: `${prefixOf(name)}${definition.name}`,
              own: definition.name,
              isIrreversible: definition.undo === 'irreversible',
            },
          ],
    ),
  )
  // A service alone answers to the names of its tools without its own, too.
  const isMeant = ({ name, own }: (typeof writes)[number]) => isNamed(written, name) || (services.length === 1 && isNamed(written, own))
  const meant = writes.filter(isMeant)
  if (meant.length === 0)
    throw new ToolError('invalid_input', `No tool that writes is called '${lineOf(asked)}'`, {
      hint: hintFor(
        written,
        writes.map(({ name }) => name),
      ),
    })
  if (meant.every(({ isIrreversible }) => isIrreversible))
    throw new ToolError('invalid_input', `What '${lineOf(asked)}' does cannot be taken back: that is looked at each time`, {
      hint: "'approvals' lists what waits, 'approve <id>' agrees to one.",
    })
  return meant.length === 1 && !written.includes('*') ? meant[0]!.name : written
}

function isNamed(pattern: string, name: string): boolean {
  const parts = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replaceAll(/[^\w]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}

function hintFor(written: string, names: readonly string[]): string {
  const near = nearestNames(written, names)
  return near.length === 0 ? `Those that write: ${names.join(', ')}.` : `Did you mean ${near.join(' or ')}?`
}

async function freeName({ rules }: Desk, tool: string): Promise<string> {
  const taken = new Set((await rules.list()).map(({ name }) => name))
  const base =
    tool
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'anything'
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`
  return name
}
