import { Command, Option } from 'commander'
import type { Application } from '../application.ts'
import { addApprovalCommands, addChangeCommands, type Written } from './approval-commands.ts'
import type { AuditOptions } from './audit.ts'
import type { CallOptions } from './call.ts'
import type { ConnectOptions } from './connect/connect.ts'
import type { HooksOptions } from './hooks/hooks.ts'
import type { PreToolUseOptions } from './hooks/pre-tool-use.ts'
import type { InitOptions } from './init/answers.ts'
import type { OpenOptions } from './open.ts'
import type { ServeOptions } from './serve.ts'
import type { Terminal } from './terminal.ts'
import type { TokenOptions } from './token.ts'
import type { ToolsOptions } from './tools.ts'

type Printed = OpenOptions & { json?: boolean }

/** Parses a command line and runs its command; what a command needs is loaded when it is asked for. */
export async function runProgram(application: Application, argv: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  const program = new Command(application.name)
    .description(`${application.title}: tools for an assistant, with plans, tiers and an audit.`)
    .version(application.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd().replace(/^error: /, 'error: usage: ')),
    })

  /** Keeps how a command ended. */
  function ending<Given extends unknown[]>(run: (...given: Given) => Promise<number>): (...given: Given) => Promise<void> {
    return async (...given) => {
      code = await run(...given)
    }
  }
  const added = (parent: Command, usage: string, description: string) =>
    parent.command(usage).description(description).copyInheritedSettings(program)
  const json = (target: Command) => target.option('--json', 'print JSON')
  const lab = (target: Command) =>
    target
      .option('--tier <tier>', 'highest access granted: observe, operate, configure, or admin where RACKWARDEN_ADMIN says so')
      .option('--config <file>', 'configuration file instead of rackwarden.yaml')
      .option('--demo', 'a pretend lab instead of the configured one; of --config only its tier, expose, approval and protect')
  const records = (target: Command) => json(target).option('--demo', 'of the pretend lab')
  const written: Written = { application, terminal, program, added, json, lab, records, ending }
  const several = (value: string, before: string[] = []) => [...before, ...value.split(',')]

  const exposing = () =>
    new Option('--expose <exposure>', 'tools a client is listed: all, or a few that find the others').choices(['all', 'search'])

  const serving = program.command('serve', { isDefault: true }).description('serve MCP over stdio, or over HTTP (the default command)')
  lab(serving.copyInheritedSettings(program))
    .option('--http [address]', 'serve Streamable HTTP on host:port (127.0.0.1:3005)')
    .addOption(new Option('--results <form>', 'what a client is sent').choices(['text', 'structured']).default('text'))
    .option('--log <format>', 'how the log is written to stderr: text, or json (text)')
    .addOption(exposing())
    .option('--allow-host <name>', 'a further name in the Host header; may be repeated', several)
    .option('--allow-origin <origin>', 'an origin whose pages may call; may be repeated', several)
    .action(ending(async (options: ServeOptions) => (await import('./serve.ts')).serve(application, options, terminal)))

  const each = (value: string, before: string[] = []) => [...before, value]
  added(program, 'init', 'find services on this machine, try each, and write rackwarden.yaml; may be run again')
    .option('--service <name>', 'name, name@instance, or either with =address, instead of what is found; may be repeated', each)
    .option('--set <value>', 'service.field=value or service@instance.field=value; secrets as env: or file:; may be repeated', each)
    .option('--tier <tier>', 'observe, operate or configure for all, or service=tier; may be repeated', each)
    .option('--client <client>', "write into a client's settings, as 'connect' does; may be repeated", each)
    .option('--config <file>', 'file to write instead of the one that is read')
    .option('--yes', 'ask nothing: take what is found on this machine, and every default')
    .option('--accept-fingerprints', 'pin host keys and certificates that are not known yet, unseen')
    .option('--force', 'write what could not be opened, too')
    .option('--print', 'print what would be written, and write nothing')
    .action(ending(async (options: InitOptions) => (await import('./init/init.ts')).init(application, options, terminal)))

  added(program, 'connect [client]', "show a client's entry, or write it into its settings; without a client, list those that are known")
    .option('--project', 'the settings of the project in this directory instead of this user')
    .option('--http [url]', 'reach a running server at an address, of this configuration where none is given, instead of starting one')
    .option('--token-env <name>', 'variable the client finds its token in')
    .option('--demo', 'start the pretend lab')
    .option('--tier <tier>', 'start with this tier: observe, operate or configure')
    .addOption(new Option('--expose <exposure>', 'tools the client is listed').choices(['all', 'search']))
    .option('--config <file>', 'configuration file instead of rackwarden.yaml')
    .option('--name <name>', 'name of the server in the client')
    .option('--yes', 'write without asking')
    .option('--print', 'print the entry, and write nothing')
    .option('--remove', 'take the entry out')
    .option('--undo', 'put back what was there before it was written')
    .action(
      ending(async (client: string | undefined, options: ConnectOptions) =>
        (await import('./connect/connect.ts')).connect(application, client, options, terminal),
      ),
    )

  json(lab(added(program, 'doctor', 'check configuration, services and state, each with its fix'))).action(
    ending(async (options: Printed) => (await import('./doctor.ts')).doctor(application, options, terminal)),
  )
  json(lab(added(program, 'tools', 'list the tools a client sees')).addOption(exposing())).action(
    ending(async (options: ToolsOptions) => (await import('./tools.ts')).tools(application, options, terminal)),
  )
  json(lab(added(program, 'call <tool> [key=value...]', 'call one tool, with the same gates and audit as an assistant')))
    .option('--input <json>', 'the input as one JSON object')
    .action(
      ending(async (tool: string, pairs: string[], options: CallOptions) =>
        (await import('./call.ts')).call(application, tool, pairs, options, terminal),
      ),
    )
  records(added(program, 'audit', 'print what was called and decided'))
    .option('--follow', 'print what is called from now on, by every process, until Ctrl-C')
    .option('--verify', 'check the chain of every file')
    .option('--anchors <file>', 'with --verify: compare with heads that were kept elsewhere')
    .option('--heads', 'print the heads to keep elsewhere')
    .option('--limit <lines>', 'most lines to print', '50')
    .option('--since <time>', 'a span such as 2h or 7d, or a time')
    .option('--until <time>', 'only what was before that')
    .option('--tool <name>', 'only calls of this tool')
    .option('--principal <name>', 'only calls by them')
    .option('--result <result>', 'only what ended so: done, plan, pending, error, unfinished …')
    .option('--target <part>', 'only writes to targets with this in their name')
    .option('--text <part>', 'only lines with this in them')
    .action(ending(async (options: AuditOptions) => (await import('./audit.ts')).audit(application, options, terminal)))

  addApprovalCommands(written)
  addChangeCommands(written)

  const token = added(program, 'token', 'bearer tokens for HTTP')
  const onToken = (usage: string, description: string) => records(added(token, usage, description))
  onToken('create <name>', 'make a token and show it, once')
    .option('--tier <tier>', 'highest access of the token', 'observe')
    .option('--services <names>', 'services it is limited to, separated by commas')
    .option('--toolsets <names>', 'toolsets it is limited to, such as docker.containers, separated by commas')
    .addOption(exposing())
    .option('--expires <when>', 'a span such as 30d, or a time')
    .action(
      ending(async (name: string, options: TokenOptions) => (await import('./token.ts')).createToken(application, name, options, terminal)),
    )
  onToken('list', 'list the tokens').action(
    ending(async (options: TokenOptions) => (await import('./token.ts')).listTokens(application, options, terminal)),
  )
  onToken('revoke <name>', 'take a token back').action(
    ending(async (name: string, options: TokenOptions) => (await import('./token.ts')).revokeToken(application, name, options, terminal)),
  )
  onToken('rotate <name>', 'give a token a new secret')
    .option('--expires <when>', 'a new expiry')
    .action(
      ending(async (name: string, options: TokenOptions) => (await import('./token.ts')).rotateToken(application, name, options, terminal)),
    )

  const hooks = added(program, 'hooks', "the command policy in Claude Code's own shell, through its settings")
  const onHooks = (usage: string, description: string) =>
    added(hooks, usage, description)
      .option('--project', 'the settings of the project in this directory instead of this user')
      .option('--yes', 'write without asking')
      .option('--print', 'print what would change, and write nothing')
  onHooks('install', 'judge commands that reach the lab before Claude Code runs them')
    .option('--all', 'judge every command')
    .option('--config <file>', 'configuration file instead of rackwarden.yaml')
    .action(ending(async (options: HooksOptions) => (await import('./hooks/hooks.ts')).installHooks(application, options, terminal)))
  onHooks('remove', 'take the hook out again').action(
    ending(async (options: HooksOptions) => (await import('./hooks/hooks.ts')).removeHooks(options, terminal)),
  )
  added(added(program, 'hook', 'what Claude Code runs; not for people'), 'pre-tool-use', 'judge the call on stdin')
    .option('--all', 'judge every command')
    .option('--config <file>', 'configuration file instead of rackwarden.yaml')
    .action(ending(async (options: PreToolUseOptions) => (await import('./hooks/pre-tool-use.ts')).preToolUse(options, terminal)))

  await application.commands?.(written)

  const [first = ''] = argv
  const known = ['help', ...program.commands.map((command) => command.name())]
  if (!first.startsWith('-') && !known.includes(first)) program.error(`error: there is no command '${first}'; --help lists them`)
  await program.parseAsync([...argv], { from: 'user' })
  return code
}
