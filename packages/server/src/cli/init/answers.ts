import { ToolError, traitsOf, type Service, type Tier } from '@rackwarden/core'
import { tierOf, type Environment } from '@rackwarden/core/runtime'
import type { Application } from '../../application.ts'

/** What `init` can be told instead of being asked. */
export interface InitOptions {
  service?: string[]
  set?: string[]
  tier?: string[]
  client?: string[]
  config?: string
  yes?: boolean
  print?: boolean
  force?: boolean
  acceptFingerprints?: boolean
}

/** One service named by the owner: `linux`, `linux@nas`, `linux=ssh://admin@nas`. */
export interface Wanted {
  service: Service
  instance?: string
  url?: string
}

/** One value given by the owner for a field. */
export interface GivenValue {
  service: Service
  instance?: string
  field: string
  value: string
}

/** The flags, read and checked. */
export interface Answers {
  wanted: readonly Wanted[]
  values: readonly GivenValue[]
  /** Tier of every service that has none of its own here. */
  tier: Tier | undefined
  tiers: ReadonlyMap<string, Tier>
}

/** No setup grants admin, whatever the environment says. */
function setupTier(text: string): Tier {
  return tierOf(text, '--tier', {}, 'invalid_input') ?? 'observe'
}

/** Reads the flags of `init`; throws `invalid_input` for what cannot be meant. */
export function answersOf(application: Application, options: InitOptions, environment: Environment): Answers {
  const { service = [], set = [], tier = [] } = options
  const tiers = new Map<string, Tier>()
  let common: Tier | undefined
  for (const text of tier) {
    const at = text.indexOf('=')
    if (at < 0) common = setupTier(text)
    else tiers.set(serviceOf(application, text.slice(0, at)).name, setupTier(text.slice(at + 1)))
  }
  const wanted = service.map((text) => wantedOf(application, text))
  const open = wanted.find(({ url }) => holdsPassword(url))
  if (open !== undefined)
    throw new ToolError('invalid_input', `The address of ${open.service.name} holds a password, and a command line can be read by others`, {
      hint: `Write --set ${open.service.name}.url=file:/path of a file that holds the address, or let init ask for it.`,
    })
  return {
    wanted,
    values: set.map((text) => valueOf(application, text, environment)),
    tier: common,
    tiers,
  }
}

/** Reads `name`, `name@instance` or either with `=address`. */
export function wantedOf(application: Application, text: string): Wanted {
  const at = text.indexOf('=')
  const [name = '', instance] = (at < 0 ? text : text.slice(0, at)).trim().split('@')
  const service = serviceOf(application, name)
  if (instance !== undefined) checkInstance(instance)
  if (at >= 0 && !('url' in service.config))
    throw new ToolError('invalid_input', `${service.name} has no address`, {
      hint: `Write --service ${service.name}, and --set for its fields.`,
    })
  return { service, ...(instance === undefined ? {} : { instance }), ...(at < 0 ? {} : { url: text.slice(at + 1).trim() }) }
}

/** Checks that a secret is given as a reference, for a command line can be read by every user of the machine. */
function valueOf(application: Application, text: string, environment: Environment): GivenValue {
  const [, name = '', instance, field = '', value = ''] = /^([\w-]+)(?:@([^.=]+))?\.(\w+)=(.*)$/s.exec(text) ?? []
  if (name === '')
    throw new ToolError('invalid_input', `'${text.split('=')[0]}' is not service.field=value`, {
      hint: 'For example --set linux@nas.sshKey=file:~/.ssh/id_ed25519',
    })
  const service = serviceOf(application, name)
  const schema = service.config[field]
  if (schema === undefined)
    throw new ToolError('invalid_input', `${name} has no field '${field}'`, { hint: `It has ${Object.keys(service.config).join(', ')}.` })
  if ((traitsOf(schema).secret === true || holdsPassword(value)) && !isReference(value))
    throw new ToolError('invalid_input', `'${field}' is a secret, and a command line can be read by others`, {
      hint: `Write --set ${name}.${field}=file:/path or env:NAME, or let init ask for it.`,
    })
  return { service, field, value: expanded(value, environment), ...(instance === undefined ? {} : { instance }) }
}

/** True for an address with a password in it. */
export function holdsPassword(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).password !== ''
}

/** True for a value that says where the value is. */
export function isReference(value: string): boolean {
  return value.startsWith('env:') || value.startsWith('file:')
}

/** `file:~/x` with the home directory written out, since the file is read by a program that knows no `~`. */
export function expanded(value: string, { HOME: home }: Environment): string {
  return home ? value.replace(/^(file:)?~(?=\/)/, (_, prefix: string | undefined) => `${prefix ?? ''}${home}`) : value
}

/** Checks a name that becomes a key, a part of targets and of a file's name. */
export function checkInstance(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,40}$/.test(name)) return name
  throw new ToolError('invalid_input', `'${name}' cannot name an instance`, { hint: 'Use letters, digits, dots and dashes, 41 at most.' })
}

function serviceOf({ services }: Application, name: string): Service {
  const found = services.find((service) => service.name === name)
  if (found !== undefined) return found
  throw new ToolError('invalid_input', `There is no service '${name}' here`, {
    hint: `The services are ${services.map((service) => service.name).join(', ')}.`,
  })
}
