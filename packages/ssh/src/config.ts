import type { ConfigOf, httpConfig, sshConfig } from '@rackwarden/core'

/** What is configured of a host: the fields of `sshConfig`, its address, the limit of one call, and whom to trust behind it. */
export type SshConfig = Partial<ConfigOf<typeof sshConfig> & ConfigOf<Omit<typeof httpConfig, 'url' | 'timeoutMs'>>> & {
  /** `ssh://user@host[:port][/path/of/a/socket]`. */
  url: string
  timeoutMs?: number | undefined
}

const defaultTimeoutMs = 30_000
const longestConnectMs = 10_000

/** Limit of one program where the call has none. */
export function callLimit({ timeoutMs = defaultTimeoutMs }: Pick<SshConfig, 'timeoutMs'>): number {
  return timeoutMs
}

/** How long it may take until a host has let us in, or has opened one more channel. */
export function connectLimit(config: Pick<SshConfig, 'timeoutMs'>): number {
  return Math.min(longestConnectMs, callLimit(config))
}
