import { z } from 'zod'

/** What core wants to know about a configuration field beyond its type. */
export interface FieldTraits {
  /** True for a value that may never leave the process. */
  secret?: boolean
  /** Environment variables read after the derived one. */
  env?: readonly string[]
}

/** A configuration value that is filtered from every output, error, audit line and log. */
export function secret(): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ secret: true } satisfies FieldTraits)
}

/** The traits given to a field with `.meta()`, looked up through optional and default wrappers. */
export function traitsOf(field: z.ZodType): FieldTraits & { description?: string } {
  const own = (z.globalRegistry.get(field) ?? {}) as FieldTraits & { description?: string }
  const inner = (field.def as { innerType?: z.ZodType }).innerType
  return inner === undefined ? own : { ...traitsOf(inner), ...own }
}

/** The fields of anything reached over HTTP; core makes the connection from them. */
export const httpConfig = {
  url: z.string().describe('Address of the service, with its scheme.'),
  tlsFingerprint: z
    .string()
    .optional()
    .describe('SHA-256 fingerprint of the one certificate to accept; several, comma-separated, where several nodes answer.'),
  tlsCa: z.string().optional().describe('Certificate authority to trust: PEM text, or the path of a PEM file.'),
  tlsCertificate: z.string().optional().describe('Client certificate: PEM text, or the path of a PEM file.'),
  tlsKey: secret().optional().describe('Key of the client certificate: PEM text, or the path of a PEM file.'),
  tlsInsecure: z.stringbool().or(z.boolean()).optional().describe("'true' accepts any certificate; only for a network you trust."),
  timeoutMs: z.coerce.number().int().positive().optional().describe('Limit for one request, in milliseconds; 30,000 when not given.'),
}

/** The fields of anything reached over SSH; `@rackwarden/ssh` makes the connection from them. */
export const sshConfig = {
  sshKey: secret()
    .optional()
    .describe(
      'Private key: PEM or OpenSSH text, or the path of a key file. Without key and password, those of ~/.ssh that have no passphrase.',
    ),
  sshKeyPassphrase: secret().optional().describe('Passphrase of the private key.'),
  sshPassword: secret().optional().describe('Password, where there is no key.'),
  sshAgent: z
    .string()
    .optional()
    .describe('Socket of an SSH agent.')
    .meta({ env: ['SSH_AUTH_SOCK'] }),
  sshHostKey: z.string().optional().describe('SHA-256 fingerprint of the host key to accept; otherwise known_hosts counts.'),
  sshKnownHosts: z.string().optional().describe('Path of a known_hosts file; ~/.ssh/known_hosts when not given.'),
  sshJump: z.string().optional().describe('Host to go through: user@host or user@host:port; it is given the same credentials.'),
  sshJumpHostKey: z.string().optional().describe('SHA-256 fingerprint of the host key of the jump host.'),
}

/** The inputs every list tool takes; spread into its `input`. What they are, their names say. */
export const paging = {
  limit: z.number().int().min(1).max(500).optional().describe('Limit.'),
  cursor: z.string().optional().describe('Cursor.'),
}
