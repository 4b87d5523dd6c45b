import { Option } from 'commander'
import type { Written } from './approval-commands.ts'
import type { SetupOptions } from './setup/setup-options.ts'

/** Adds `setup`, where a service of the application has one. */
export function addSetupCommand({ application, terminal, program, added, ending }: Written): void {
  const able = application.services.filter(({ setup }) => setup !== undefined).map(({ name }) => name)
  if (able.length === 0) return
  const several = (value: string, before: string[] = []) => [...before, value]
  const usage = application.prefixed ? 'setup [service]' : 'setup'
  const command = added(
    program,
    usage,
    `make a credential for exactly one tier at a target (${able.join(', ')}), prove it and write it down`,
  )
    .option('--tier <tier>', 'tier of the credential: observe, operate or configure')
    .option('--host <host>', 'host or https:// address of the target')
    .addOption(
      new Option('--bootstrap <way>', 'over SSH as root, or by a script you paste into the shell there').choices(['auto', 'paste']),
    )
    .option('--ssh <user@host:port>', 'who logs in, and where, if not root at the host')
    .option('--ssh-host-key <fingerprint>', 'SHA256 fingerprint of its host key; otherwise known_hosts counts')
    .option('--password-file <file>', 'file, or descriptor such as /dev/fd/3, with the password of root, instead of being asked')
    .option('--answer-file <file>', 'file with the line a pasted script ended with')
    .option('--user <name@realm>', 'who the token is to belong to')
    .option('--instance <name>', 'name of the target in rackwarden.yaml')
    .option('--client <client>', "write into a client's settings, as 'connect' does; may be repeated", several)
    .option('--config <file>', 'file to write instead of the one that is read')
    .option('--accept-fingerprints', 'take a host key that is not known yet, unseen')
    .option('--revoke-others', 'revoke tokens of the user that were not made from here, too')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'print every command, and do nothing')
    .option('--remove', 'take away what setup made, there and here')
  const run = async (service: string | undefined, options: SetupOptions) =>
    (await import('./setup/setup.ts')).setUp(application, service, options, terminal)
  if (application.prefixed) command.action(ending(run))
  else command.action(ending(async (options: SetupOptions) => run(undefined, options)))
}
