import { secret, sshConfig, type ConfigOf, type Connection, type OpenContext } from '@rackwarden/core'
import { z } from 'zod'
import { createShell } from './shell.ts'

/** What has to be known of a host to reach it, and to be root on it. */
export const config = {
  url: z
    .string()
    .regex(/^(?:local|ssh:\/\/\S+)$/, "is neither 'local' nor ssh://user@host")
    .describe("Where the host is: 'local' for this machine, or ssh://user@host[:port]."),
  ...sshConfig,
  sudo: z.enum(['none', 'passwordless', 'password']).default('none').describe('How root is come by for what only root may see or do.'),
  sudoPassword: secret().optional().describe('Password for sudo; given to it over standard input, never in an argument.'),
}

/** The configuration of one host. */
export type LinuxConfig = ConfigOf<typeof config>

/** Goes over SSH where the address says so. */
export async function open(values: LinuxConfig, base: Connection, { log }: OpenContext): Promise<Connection> {
  if (!values.url?.startsWith('ssh://')) return base
  const { overSsh } = await import('@rackwarden/ssh')
  return overSsh(values, base, { log })
}

/** What one host is asked through. */
export interface LinuxClient extends ReturnType<typeof createShell> {
  /** `local`, or the address without a password. */
  address: string
  /** True where stopping the network or sshd would cut the way in. */
  isRemote: boolean
}

/** Makes the client of one host; nothing is kept on it or about it between two calls. */
export function connect({ url = 'local', sudo = 'none', sudoPassword }: Partial<LinuxConfig>, connection: Connection): LinuxClient {
  return {
    ...createShell(connection, { sudo, sudoPassword }),
    address: url.replace(/^(ssh:\/\/[^:@/]*):[^@/]*@/, '$1@'),
    isRemote: url !== 'local',
  }
}
