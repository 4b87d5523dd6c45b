import type { Application } from '../application.ts'
import type { AllowOptions } from './allow.ts'
import type { ApprovalOptions } from './approvals.ts'
import type { CallOptions } from './call.ts'
import type { ChangesOptions } from './changes.ts'
import type { CommandLine } from './command-line.ts'
import type { OwnerOptions } from './owner.ts'

/** The command line of a bin. */
export type Written = CommandLine<Application>

const each = (value: string, before: string[] = []) => [...before, value]

/** Adds what the owner decides with. */
export function addApprovalCommands({ application, terminal, program, added, records, ending }: Written): void {
  const loaded = () => import('./approvals.ts')
  records(added(program, 'approvals [id]', 'list what waits for a person, or show one request whole')).action(
    ending(async (id: string | undefined, options: ApprovalOptions) => (await loaded()).approvals(application, id, options, terminal)),
  )
  records(added(program, 'approve <id>', 'show a plan whole and agree to it, with the passphrase')).action(
    ending(async (id: string, options: ApprovalOptions) => (await loaded()).approve(application, id, options, terminal)),
  )
  records(added(program, 'reject <id>', 'say no to a plan')).action(
    ending(async (id: string, options: ApprovalOptions) => (await loaded()).reject(application, id, options, terminal)),
  )
  records(added(program, 'allow [tool...]', 'agree ahead to the writes of a tool, with the passphrase; without a tool, list such rules'))
    .option('--on <target>', 'only on targets like this, docker/container/web-*; may be repeated', each)
    .option('--except <name>', 'never on what is called so, or on such targets; may be repeated', each)
    .option('--for <when>', 'a span such as 2h, or a time (default: 1h)')
    .option('--name <name>', 'what the rule is called')
    .option('--list', 'list the rules there are')
    .option('--revoke <name>', 'take a rule back')
    .action(
      ending(async (words: string[], options: AllowOptions) => (await import('./allow.ts')).allow(application, words, options, terminal)),
    )
  const owner = added(program, 'owner', 'the passphrase of whoever decides')
  records(added(owner, 'set-passphrase', 'set the passphrase, or change it'))
    .option('--passphrase-file <file>', 'take it from a file or a descriptor, a line each: where one is set, that first, then the new one')
    .action(ending(async (options: OwnerOptions) => (await import('./owner.ts')).setPassphrase(application, options, terminal)))
  records(added(owner, 'status', 'say whether a passphrase is set, and what its key is known by')).action(
    ending(async (options: OwnerOptions) => (await import('./owner.ts')).ownerStatus(application, options, terminal)),
  )
}

/** Adds what shows changes and takes them back. */
export function addChangeCommands({ application, terminal, program, added, json, lab, ending }: Written): void {
  const loaded = () => import('./changes.ts')
  json(lab(added(program, 'changes [id]', 'list what was changed, or show one change whole')))
    .option('--service <name>', 'only of this service')
    .option('--tool <name>', 'only by this tool, without its service')
    .option('--limit <rows>', 'most rows')
    .action(ending(async (id: string | undefined, options: ChangesOptions) => (await loaded()).changes(application, id, options, terminal)))
  json(lab(added(program, 'undo <id> [confirm=TOKEN...]', 'take a change back: a plan first, like any write'))).action(
    ending(async (id: string, pairs: string[], options: CallOptions) => (await loaded()).undo(application, id, pairs, options, terminal)),
  )
}
