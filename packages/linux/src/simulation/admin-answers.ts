import type { ExecResult } from '@rackwarden/core'
import { idOf, type PretendHost } from './host.ts'
import type { Printed } from './printed.ts'

/** What the part `identity` prints. */
export function identityAnswer({ given, boots }: PretendHost, isRoot: boolean): Printed {
  return {
    'identity:name': given.hostname,
    'identity:user': isRoot ? 'root' : 'admin',
    'identity:machine': idOf(given.hostname),
    'identity:boot': idOf(`${given.hostname}/${boots}`),
  }
}

/** What the parts about a restart print. */
export function restartAnswer(host: PretendHost, part: 'restart' | 'readiness' | 'tenants'): Printed {
  const { given } = host
  if (part === 'readiness') return { 'readiness:state': 'running', 'readiness:jobs': '0' }
  if (part === 'restart') {
    host.reboot()
    return { 'restart:said': '', 'restart:code': '0' }
  }
  return {
    'tenants:users': 'admin',
    'tenants:busy': '',
    ...(given.containers === undefined ? {} : { 'tenants:containers': given.containers.join('\n') }),
    ...(given.guests === undefined ? {} : { 'tenants:guests': given.guests.join('\n') }),
  }
}

/** What the part `foretold` prints. */
export function foretoldAnswer(host: PretendHost, parameters: readonly string[]): Printed {
  const { steps, kept } = foretold(host, parameters)
  return {
    'foretold:apt': [
      'Reading package lists...',
      ...(kept.length > 0 ? ['The following packages have been kept back:', `  ${kept.join(' ')}`] : []),
      ...steps,
    ].join('\n'),
    'foretold:digest': digestOf(steps),
    'foretold:code': '0',
  }
}

/** What the part `apply` prints. */
export function applyAnswer(host: PretendHost, [only = '', removals = '', digest = '']: readonly string[]): Printed {
  const { steps, names, gone } = foretold(host, [only, removals])
  if (digestOf(steps) !== digest) return { 'apply:moved': '' }
  host.install(names, gone)
  return { 'apply:place': '/var/tmp/rackwarden-updates.pretend' }
}

/** What the part `follow` prints: nobody has to wait. */
export function followAnswer(): Printed {
  return { 'follow:last': 'Setting up the last one', 'follow:done': '1', 'follow:code': '0', 'follow:log': '' }
}

function foretold({ updates, given }: PretendHost, [only, removals]: readonly string[]) {
  const waiting = updates.map((update) => update.split(' ')).filter(([, , , security]) => only !== 'security' || security !== undefined)
  const holds = (name: string | undefined) => removals !== 'yes' && given.held?.[name ?? ''] !== undefined
  const chosen = waiting.filter(([name]) => !holds(name))
  const names = chosen.flatMap(([name]) => name ?? [])
  const gone = names.flatMap((name) => given.held?.[name] ?? [])
  const steps = [
    ...gone.map((name) => `Remv ${name} [1.0]`),
    ...chosen.map(
      ([name, from, to, security]) => `Inst ${name} [${from}] (${to} Debian${security === undefined ? '' : '-Security'}:13/stable [amd64])`,
    ),
  ]
  return {
    steps,
    names,
    gone,
    kept: only === 'security' ? [] : waiting.flatMap(([name]) => (name !== undefined && holds(name) ? [name] : [])),
  }
}

function digestOf(steps: readonly string[]): string {
  return idOf(steps.join('\n'))
}

/** What a command comes to: only those of its world are known, and none of them changes anything. */
export function commandAnswer({ given }: PretendHost, parameters: readonly string[], input: string): ExecResult {
  const [, , , mark = '', , directory = '', kind = '', ...words] = parameters
  const script = input.slice(input.indexOf(`${mark}\n`) + mark.length + 1)
  const wanted = (kind === 'script' ? script : words.join(' ')).trim()
  const missing = directory !== '' && !['/', '/etc', '/srv', '/tmp', '/var'].includes(directory)
  if (missing) return { exitCode: 1, stdout: `\n${mark} 1 directory\n`, stderr: '', truncated: false }
  const known = given.commands?.[wanted] ?? { stderr: `sh: 1: ${wanted.split(/\s/)[0] ?? ''}: not found\n`, exitCode: 127 }
  const end = known.hangs === true ? '124 yes' : `${known.exitCode ?? 0} ended`
  return { exitCode: 0, stdout: `${known.stdout ?? ''}\n${mark} ${end}\n`, stderr: known.stderr ?? '', truncated: false }
}
