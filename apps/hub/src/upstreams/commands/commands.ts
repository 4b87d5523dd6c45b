import type { Application } from '@rackwarden/server'
import type { CommandLine } from '@rackwarden/server/cli'
import type { AcceptOptions } from './accept.ts'
import type { ImportOptions } from './import.ts'
import type { LookOptions } from './look.ts'

const several = (value: string, before: string[] = []) => [...before, ...value.split(',').map((name) => name.trim())]

/** Adds the commands about foreign servers. */
export function addUpstreamCommands({ application, terminal, program, added, json, ending }: CommandLine<Application>): void {
  const upstreams = added(program, 'upstreams', 'MCP servers of others, and what the owner accepted of them')
  const onUpstreams = (usage: string, description: string) =>
    added(upstreams, usage, description).option('--config <file>', 'configuration file instead of rackwarden.yaml')
  json(onUpstreams('list', 'list those configured, and whether they are accepted; nobody is contacted')).action(
    ending(async (options: LookOptions) => (await import('./look.ts')).listUpstreams(application, options, terminal)),
  )
  json(onUpstreams('show <name>', 'connect to one, and show what it offers or what is not as it was accepted'))
    .option('--all', 'also what is as it was accepted')
    .action(
      ending(async (name: string, options: LookOptions) => (await import('./look.ts')).showUpstream(application, name, options, terminal)),
    )
  onUpstreams('accept <name>', 'show what waits of one and accept it, with the passphrase')
    .option('--tool <name>', 'only these tools or prompts; may be repeated', several)
    .option('--yes', 'ask nothing but the passphrase')
    .action(
      ending(async (name: string, options: AcceptOptions) =>
        (await import('./accept.ts')).acceptUpstream(application, name, options, terminal),
      ),
    )
  onUpstreams('forget <name>', 'take back what was accepted of one').action(
    ending(async (name: string, options: AcceptOptions) =>
      (await import('./accept.ts')).forgetUpstream(application, name, options, terminal),
    ),
  )
  onUpstreams('import <file>', "take servers over from a client's settings: JSON of any client, or the TOML of Codex")
    .option('--only <name>', 'only these; may be repeated', several)
    .option('--print', 'print what would be written, and write nothing')
    .action(
      ending(async (file: string, options: ImportOptions) =>
        (await import('./import.ts')).importUpstreams(application, file, options, terminal),
      ),
    )
}
