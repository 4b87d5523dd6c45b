import { judgeEnvironment, judgeVariable } from './assignments.ts'
import type { Scope } from './call.ts'
import { reads } from './judges.ts'
import { judgeOwn, judgeWrite } from './places/judge-place.ts'
import { normalised } from './places/path.ts'
import { judgeOwnIn } from './rules/own.ts'
import { ruleFor } from './rules/rules.ts'
import { shellWords } from './rules/shell-words.ts'
import { parseScript } from './shell/parse.ts'
import type { Redirection, SimpleCommand } from './shell/reader.ts'
import { isKnown, literal, shown, unknown, type Word } from './shell/word.ts'
import { ask, refuse, strictest, type CommandContext, type CommandVerdict, type Opinion } from './verdict.ts'

const deepest = 12
const longestVector = 65_536

/** Judges an argument vector that is run without a shell. */
export function judgeVector(argv: readonly string[], context: CommandContext = {}): CommandVerdict {
  if (argv.length === 0) return verdictOf(ask('names no program'), 'An empty command')
  if (argv.length > 10_000 || argv.reduce((sum, { length }) => sum + length, 0) > longestVector)
    return verdictOf(ask('is too long to be judged'), 'The command')
  const judge = (scope: Scope) =>
    strictest([scope.judgeWords(argv.map(literal)), argv.some((word) => word.includes(unknown)) ? ask('holds a NUL character') : undefined])
  return verdictOf(settled(context, judge), 'The command')
}

/** Judges the text of a script; the worst of its commands counts. */
export function judgeText(script: string, context: CommandContext = {}): CommandVerdict {
  return verdictOf(
    settled(context, (scope) => scope.judgeText(script)),
    'The script',
  )
}

function verdictOf(opinion: Opinion, subject: string): CommandVerdict {
  if (opinion === undefined) return { decision: 'allow', reason: 'Nothing in it destroys, takes down or changes what the policy guards.' }
  const { decision, why, command } = opinion
  return { decision, reason: `${command === undefined ? subject : `\`${command}\``} ${why}.`, ...(command !== undefined && { command }) }
}

/** Judges twice: a loop or a function may run what stands before a `cd` once more behind it. */
function settled(context: CommandContext, judge: (scope: Scope) => Opinion): Opinion {
  const directories = new Set([''])
  const first = judge(scopeOf(context, directories))
  if (directories.size === 1 || first?.decision === 'refuse') return first
  return judge(scopeOf(context, directories))
}

function scopeOf(context: CommandContext, directories: Set<string>): Scope {
  let depth = 0
  let budget = 20_000
  const bounded = (judge: () => Opinion): Opinion => {
    if (depth >= deepest || --budget < 0) return ask('is wrapped too deeply to be judged')
    depth++
    try {
      return judge()
    } finally {
      depth--
    }
  }
  const scope: Scope = {
    context: { stateDirectories: [], protectedPaths: [], ownUnits: [], ownContainers: [], ...context },
    directories,
    judgeWords: (words, document) => bounded(() => withCommand(judgeWords(words, document, scope), words)),
    judgeText: (script) => bounded(() => judgeParsed(script, scope)),
    judgeCommand: (command) => judgeCommand(command, scope),
  }
  return scope
}

function withCommand(opinion: Opinion, words: readonly Word[]): Opinion {
  return opinion === undefined || opinion.command !== undefined ? opinion : { ...opinion, command: shown(words) }
}

function judgeParsed(script: string, scope: Scope): Opinion {
  const { commands, functions, problem } = parseScript(script)
  return strictest([
    ...commands.map((command) => scope.judgeCommand(command)),
    ...[...functions].map((name) => (ruleFor(name) === undefined ? undefined : ask(`gives the name \`${name}\` another meaning`))),
    problem === undefined ? undefined : ask(problem),
  ])
}

function judgeCommand(command: SimpleCommand, scope: Scope): Opinion {
  const { words, assignments, redirections, within } = command
  if (within !== undefined && words[0]?.text === within)
    return withCommand(refuse('calls itself without an end, until the host is out of processes'), words)
  const document = redirections.findLast(({ body }) => body !== undefined)?.body
  return strictest([
    words.length === 0 ? undefined : scope.judgeWords(words, document),
    ...assignments.map((assignment) =>
      withCommand(words.length === 0 ? judgeVariable(assignment) : judgeEnvironment(assignment), [
        literal(`${assignment.name}=${assignment.value.text}`),
      ]),
    ),
    ...redirections.map((redirection) => judgeRedirection(redirection, scope)),
  ])
}

function judgeRedirection({ operator, target, body }: Redirection, scope: Scope): Opinion {
  if (body !== undefined || operator.startsWith('<<')) return undefined
  const isCopy = (operator === '>&' || operator === '<&') && /^(?:\d|-|\d-)$/.test(target.text)
  if (isCopy) return undefined
  const opens = target.text.startsWith('/dev/tcp/') || target.text.startsWith('/dev/udp/')
  const opinion = operator === '<' || operator === '<&' ? (opens ? ask('opens a connection') : undefined) : judgeWrite(target, scope)
  return opinion && { ...opinion, command: `${operator} ${shown([target])}` }
}

const programDirectories = new Set(['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'])
const loaders = /^\/lib(?:32|64|x32)?\/(?:[\w-]+\/)?ld-[\w.-]+$/

function judgeWords(words: readonly Word[], document: Word | undefined, scope: Scope): Opinion {
  const first = words[0]
  if (first === undefined) return undefined
  const rest = words.slice(1)
  const isPattern = /[*?[{]/.test(first.text) && first.text !== '[' && first.text !== '[['
  if (!isKnown(first) || isPattern)
    return strictest([rest.length === 0 ? undefined : laterRefusal(rest, scope), ask('runs a program that is not known before it runs')])
  const slash = first.text.lastIndexOf('/')
  const name = first.text.slice(slash + 1)
  const rule = ruleFor(name)
  const isElsewhere = slash >= 0 && !programDirectories.has(normalised(first.text.slice(0, slash)).path) && !loaders.test(first.text)
  const place = isElsewhere ? ask('runs a program from a place of its own') : undefined
  if (rule === undefined) {
    return strictest([judgeOwnIn(words), ...rest.map((word) => stateOnly(word, scope)), ask('runs a program the policy does not know')])
  }
  const opinions = [rule({ name, words: rest, scope, document }), place]
  if (rule !== reads && !Object.hasOwn(shellWords, name)) opinions.push(judgeOwnIn(words), ...rest.map((word) => stateOnly(word, scope)))
  return strictest(opinions)
}

/** A program that does more than read has no business in the state directory. */
function stateOnly(word: Word, scope: Scope): Opinion {
  const value = /^[\w-]+=(.+)$/s.exec(word.text)?.[1]
  const opinions = [word.text, ...(value === undefined ? [] : [value])].map((text) => judgeOwn({ ...word, text }, scope))
  return opinions.find((opinion) => opinion?.decision === 'refuse')
}

/** What is refused whatever stands before it, as in `$(echo sudo) reboot`. */
function laterRefusal(words: readonly Word[], scope: Scope): Opinion {
  const opinion = scope.judgeWords(words)
  return opinion?.decision === 'refuse' ? opinion : undefined
}
