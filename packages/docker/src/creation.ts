import { secretName, shownCommand } from '@rackwarden/core'
import { posix } from 'node:path'
import { z } from 'zod'
import type { Mount } from './bind-policy.ts'
import { newName } from './container-names.ts'
import type { CreateRequest } from './engine-writes.ts'
import { hideInLabel } from './hide-secrets.ts'
import { isReference } from './lent-values.ts'

const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/
const portForm = /^(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/

/** Every model knows what Docker itself does, so it is not listed. */
const usualNetwork = 'bridge'

/** What a container is made from. */
export const creationInput = z.object({
  name: newName.describe('Name.'),
  image: z.string().min(1).describe('Image.'),
  command: z.array(z.string()).min(1).optional().describe('Command.'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/), z.string())
    .default({})
    .superRefine((values, context) => {
      for (const [name, value] of Object.entries(values))
        if (value !== '' && secretName.test(name) && !isReference(value))
          context.addIssue({ code: 'custom', message: `${name} speaks of a secret, so it takes a reference: env:NAME or file:/path` })
    })
    .describe('Secrets as env:NAME or file:/path.'),
  ports: z
    .array(z.string().refine((port) => portOf(port) !== undefined, 'as in 8080:80 or 127.0.0.1:53:53/udp'))
    .default([])
    .describe('8080:80/tcp'),
  mounts: z
    .array(z.string().refine((mount) => mountOf(mount) !== undefined, 'as in volume:/path or /directory:/path:ro'))
    .default([])
    .describe('volume:/path or /directory:/path:ro'),
  network: z
    .string()
    .regex(volumeName)
    .optional()
    .transform((name) => name ?? usualNetwork)
    .describe('Network.'),
  restart_policy: z.enum(['no', 'always', 'unless-stopped', 'on-failure']).default('unless-stopped').describe('Restart policy.'),
  labels: z
    .record(z.string().min(1), z.string())
    .default({})
    .refine((labels) => !Object.keys(labels).some((label) => label.startsWith('com.docker.')), 'com.docker. labels belong to Docker')
    .describe('Labels.'),
})
export type CreationInput = z.output<typeof creationInput>

/** A port of the host that leads into a container. */
export interface PublishedPort {
  address: string
  outside: string
  /** `80/tcp`. */
  inside: string
}

/** Takes `address:outside:inside/protocol` apart; nothing where it is no such thing. */
export function portOf(text: string): PublishedPort | undefined {
  const [whole, address = '', outside = '', inside = '', protocol = 'tcp'] = portForm.exec(text) ?? []
  const isPort = (port: string) => Number(port) > 0 && Number(port) < 65_536
  return whole === undefined || !isPort(outside) || !isPort(inside)
    ? undefined
    : { address: address.replace(/^\[|\]$/g, ''), outside, inside: `${inside}/${protocol}` }
}

/** Takes `source:/path:ro` apart; nothing where it is no such thing. */
export function mountOf(text: string): Mount | undefined {
  const [source = '', path = '', mode, ...rest] = text.split(':')
  if (rest.length > 0 || !isPlainPath(path) || path === '/' || (mode !== undefined && mode !== 'ro' && mode !== 'rw')) return undefined
  const readOnly = mode === 'ro'
  if (isPlainPath(source)) return { type: 'bind', source: source.replace(/(.)\/$/, '$1'), path, readOnly }
  return volumeName.test(source) ? { type: 'volume', source, path, readOnly } : undefined
}

// What is not written plainly may not be what it looks like.
function isPlainPath(path: string): boolean {
  return posix.isAbsolute(path) && posix.normalize(path) === path && !/\p{Cc}/u.test(path)
}

/** The mounts of an input; the schema let no others pass. */
export function mountsOf({ mounts }: Pick<CreationInput, 'mounts'>): Mount[] {
  return mounts.map(mountOf).filter((mount) => mount !== undefined)
}

/** The ports of an input. */
export function portsOf({ ports }: Pick<CreationInput, 'ports'>): PublishedPort[] {
  return ports.map(portOf).filter((port) => port !== undefined)
}

/** The body of the request that makes it, with the values in the place of references. */
export function creationRequest(input: CreationInput, environment: Readonly<Record<string, string>>): CreateRequest {
  const ports = portsOf(input)
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const { address, outside, inside } of ports) bindings[inside] = [...(bindings[inside] ?? []), { HostIp: address, HostPort: outside }]
  return {
    Image: input.image,
    ...(input.command === undefined ? {} : { Cmd: input.command }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: input.labels,
    ExposedPorts: Object.fromEntries(ports.map(({ inside }) => [inside, {}])),
    HostConfig: {
      NetworkMode: input.network,
      PortBindings: bindings,
      Mounts: mountsOf(input).map(({ type, source, path, readOnly }) => ({ Type: type, Source: source, Target: path, ReadOnly: readOnly })),
      RestartPolicy: { Name: input.restart_policy },
    },
  }
}

/** What a plan says of it, a line each; values of variables are not among it. */
export function creationLines(input: CreationInput): string[] {
  const variables = Object.entries(input.environment).map(([name, value]) =>
    isReference(value) ? `${name} (${value})` : `${name} (value withheld)`,
  )
  return [
    `container ${input.name}: (none) → running`,
    `image: ${input.image}`,
    ...(input.command === undefined ? [] : [`command: ${shownCommand(input.command)}`]),
    ...input.ports.map((port) => `port: ${port}`),
    ...mountsOf(input).map(
      ({ type, source, path, readOnly }) =>
        `${type === 'bind' ? 'directory of the host' : 'volume'} ${source} → ${path}${readOnly ? ', read-only' : ''}`,
    ),
    ...(variables.length === 0 ? [] : [`variables: ${variables.join(', ')}`]),
    `network: ${input.network}`,
    `restart policy: ${input.restart_policy}`,
    ...Object.entries(input.labels).map(([label, value]) => `label: ${label}=${hideInLabel(label, value)}`),
  ]
}
