import { Command, Option } from 'commander'
import type { Application } from '../application.ts'
import type { Terminal } from './terminal.ts'

/** Parses a command line and runs its command. */
export async function runProgram(application: Application, argv: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  /** Wraps a command that is imported when it is asked for. */
  const action =
    (run: (...given: never[]) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      code = await run(...(given as never[]))
    }
  const program = new Command(application.name)
    .description(`${application.title}: tools for an assistant, with plans, tiers and an audit.`)
    .version(application.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.complain(text.trimEnd().replace(/^error: /, 'error: usage: ')),
    })

  const command = (name: string, description: string, options: { isDefault?: boolean } = {}) =>
    program.command(name, options).description(description).exitOverride().copyInheritedSettings(program)
  const lab = (target: Command) =>
    target
      .option('--tier <tier>', 'highest access granted: observe, operate or configure')
      .option('--config <file>', 'configuration file instead of rackwarden.yaml')
      .option('--demo', 'a pretend lab instead of the configured one')
  const json = (target: Command) => target.option('--json', 'print JSON')
  const several = (value: string, before: string[] = []) => [...before, ...value.split(',')]

  lab(command('serve', 'serve MCP over stdio, or over HTTP (the default command)', { isDefault: true }))
    .option('--http [address]', 'serve Streamable HTTP on host:port (127.0.0.1:3005)')
    .addOption(new Option('--results <form>', 'what a client is sent').choices(['text', 'structured']).default('text'))
    .option('--allow-host <name>', 'a further name in the Host header; may be repeated', several)
    .option('--allow-origin <origin>', 'an origin whose pages may call; may be repeated', several)
    .action(action(async (options: never) => (await import('./serve.ts')).serve(application, options, terminal)))
  json(lab(command('doctor', 'check configuration, services and state, each with its fix'))).action(
    action(async (options: never) => (await import('./doctor.ts')).doctor(application, options, terminal)),
  )
  json(lab(command('tools', 'list the tools a client sees'))).action(
    action(async (options: never) => (await import('./tools.ts')).tools(application, options, terminal)),
  )
  json(lab(command('call', 'call one tool, with the same gates and audit as an assistant')))
    .argument('<tool>')
    .argument('[key=value...]')
    .option('--input <json>', 'the input as one JSON object')
    .action(
      action(async (tool: never, pairs: never, options: never) =>
        (await import('./call.ts')).call(application, tool, pairs, options, terminal),
      ),
    )
  json(command('audit', 'print what was called'))
    .option('--verify', 'check the chain of every file')
    .option('--limit <lines>', 'most lines to print', '50')
    .option('--since <time>', 'a span such as 2h or 7d, or a time')
    .option('--tool <name>', 'only calls of this tool')
    .option('--demo', 'of the pretend lab')
    .action(action(async (options: never) => (await import('./audit.ts')).audit(application, options, terminal)))

  const token = command('token', 'bearer tokens for HTTP')
  const tokenCommand = (usage: string, description: string) =>
    json(token.command(usage).description(description).exitOverride().copyInheritedSettings(program)).option('--demo', 'of the pretend lab')
  tokenCommand('create <name>', 'make a token and show it, once')
    .option('--tier <tier>', 'highest access of the token', 'observe')
    .option('--services <names>', 'services it is limited to, separated by commas')
    .option('--expires <when>', 'a span such as 30d, or a time')
    .action(action(async (name: never, options: never) => (await import('./token.ts')).createToken(application, name, options, terminal)))
  tokenCommand('list', 'list the tokens').action(
    action(async (options: never) => (await import('./token.ts')).listTokens(application, options, terminal)),
  )
  tokenCommand('revoke <name>', 'take a token back').action(
    action(async (name: never, options: never) => (await import('./token.ts')).revokeToken(application, name, options, terminal)),
  )
  tokenCommand('rotate <name>', 'give a token a new secret')
    .option('--expires <when>', 'a new expiry')
    .action(action(async (name: never, options: never) => (await import('./token.ts')).rotateToken(application, name, options, terminal)))

  await program.parseAsync([...argv], { from: 'user' })
  return code
}
