import { accessLevels, adminAcknowledgement } from '@rackwarden/core'
import { exposures } from '@rackwarden/core/runtime'

/** One environment variable of the program itself, whatever it serves. */
export interface ProgramVariable {
  name: string
  description: string
  default?: string
  choices?: readonly string[]
  /** True for a value that may never leave the process. */
  secret?: boolean
  /** True where `<name>_FILE` may name a file that holds the value. */
  file?: boolean
  /** True for a path. */
  path?: boolean
  /** True where no setup may offer it: whoever needs it reads of it. */
  unoffered?: boolean
}

/** Every environment variable a program of ours reads, besides those of its services. */
export const programVariables: readonly ProgramVariable[] = [
  {
    name: 'RACKWARDEN_TIER',
    description: 'The highest access granted.',
    default: 'observe',
    choices: accessLevels.filter((level) => level !== 'admin'),
  },
  {
    name: 'RACKWARDEN_ADMIN',
    description: `Lets the tier admin be granted, where it says '${adminAcknowledgement}' to the letter.`,
    unoffered: true,
  },
  {
    name: 'RACKWARDEN_EXPOSE',
    description: 'Tools a client is listed: all, or a few that search and call the others.',
    default: 'all',
    choices: exposures,
  },
  { name: 'RACKWARDEN_HTTP', description: "Address to serve HTTP on instead of stdio, such as '127.0.0.1:3005'." },
  { name: 'RACKWARDEN_TOKEN', description: 'Bearer token of HTTP clients, 32 bytes or longer.', secret: true, file: true },
  { name: 'RACKWARDEN_ALLOWED_HOSTS', description: 'Names HTTP clients may use besides loopback, separated by commas.' },
  { name: 'RACKWARDEN_ALLOWED_ORIGINS', description: 'Origins pages of a browser may call from besides loopback, separated by commas.' },
  {
    name: 'RACKWARDEN_LOG',
    description: 'How a server writes its log to stderr: for people, or a JSON object a line.',
    default: 'text',
    choices: ['text', 'json'],
  },
  {
    name: 'RACKWARDEN_LOG_LEVEL',
    description: 'The least a line of the log has to matter; debug has a line for every call.',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
  },
  {
    name: 'RACKWARDEN_STATE_DIR',
    description: 'Directory of plans, audit and journal; ~/.local/share/rackwarden when not given.',
    path: true,
  },
]
