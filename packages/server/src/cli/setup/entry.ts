import { allows, ToolError, type Service, type Tier } from '@rackwarden/core'
import { configurationDirectory, loadConfiguration, variablesOf, type Configuration, type Runtime } from '@rackwarden/core/runtime'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Application } from '../../application.ts'
import { checkInstance } from '../init/answers.ts'
import { configurationPath, openDocument, type ConfigurationDocument } from '../init/configuration-document.ts'
import { hostOf, nameOf } from '../init/offer.ts'
import { createSecretFiles } from '../init/secret-files.ts'
import { writeTiers } from '../init/tiers.ts'
import type { Terminal } from '../terminal.ts'
import type { SetupOptions } from './setup-options.ts'

/** The values a setup gives an instance. */
export interface SetUpValues {
  readonly url: string
  readonly tokenId: string
  readonly tokenSecret: string
  readonly tlsFingerprint: string | undefined
  /** Where else it is reached. */
  readonly otherUrls?: string | undefined
}

/** The instance in the configuration that a setup is about. */
export interface ConfiguredEntry {
  readonly document: ConfigurationDocument
  /** As it is named to the owner: `proxmox@cabin`. */
  readonly name: string
  readonly instance: string
  /** Its fields as they are written; undefined where it does not stand there yet. */
  readonly values: Readonly<Record<string, unknown>> | undefined
  /** The tier that is granted the service, as the file has it. */
  readonly tier: string | undefined
  /** Puts it into the file, its secret into a file of its own; gives the paths that were written. */
  write(values: Partial<SetUpValues>, tier: Tier): Promise<readonly string[]>
  /** Takes it out, with the secret; says whether it stood there. */
  remove(): Promise<boolean>
  /** True where no instance of the service is left. */
  isLast(): boolean
}

const header = ' Written by setup. Secrets stand in files of their own, named here as file:/path.'

/** The configuration a setup writes into. */
export interface SetupConfiguration {
  /** Addresses of the instances there are, by name. */
  readonly urls: ReadonlyMap<string, string>
  /** The instance of an address, or of a name. */
  entryOf(url: string, named: string | undefined): ConfiguredEntry
}

/** Opens the configuration for the setup of a service; throws where what is written there would not count. */
export async function openConfiguration(
  { services, prefixed }: Application,
  service: Service,
  { config }: SetupOptions,
  { secrets }: Runtime,
  { environment, directory }: Terminal,
): Promise<SetupConfiguration> {
  const document = await openDocument(await configurationPath(config, directory, environment), header)
  const file = document.existed && document.path
  const configuration = await loadConfiguration({ services, environment, directory, secrets, strict: prefixed, file })
  const held = configuration.services[service.name]
  if (held?.off === true)
    throw new ToolError('invalid_config', `${service.name} is switched off in ${document.path}.`, {
      hint: `Take out the line '${service.name}: false'.`,
    })
  if (held?.instances.some(({ source }) => source === 'environment') === true) {
    const names = variablesOf(service).flatMap(({ names: [name = ''] }) => (environment[name] === undefined ? [] : [name]))
    throw new ToolError('invalid_config', `${service.name} is configured by the environment, which counts before the file setup writes.`, {
      hint: `Unset ${names.join(', ') || 'its variables'} first.`,
    })
  }
  const urls = new Map(
    document.instancesOf(service.name).flatMap((name) => {
      const url = document.valuesOf(service.name, name)?.['url']
      return typeof url === 'string' ? [[name, url] as const] : []
    }),
  )
  const directoryOfSecrets = join(configurationDirectory(environment), 'secrets')
  return {
    urls,
    entryOf(url, named) {
      const same = [...urls].find(([, one]) => plain(one) === plain(url))?.[0]
      const instance =
        named === undefined ? (same ?? (document.instancesOf(service.name).length === 0 ? 'default' : hostOf(url))) : checkInstance(named)
      return entryIn({ service, document, configuration, secretsIn: directoryOfSecrets }, instance)
    },
  }
}

interface Place {
  service: Service
  document: ConfigurationDocument
  configuration: Configuration
  secretsIn: string
}

function entryIn({ service, document, configuration, secretsIn }: Place, instance: string): ConfiguredEntry {
  const values = document.valuesOf(service.name, instance)

  /** A secret that nothing names any more, where it is one of ours. */
  async function forget(): Promise<void> {
    const reference = values?.['tokenSecret']
    const path = typeof reference === 'string' && reference.startsWith(`file:${secretsIn}/`) ? reference.slice('file:'.length) : undefined
    const isNamed = document
      .text()
      .split(/[\s"',}]+/)
      .includes(String(reference))
    if (path !== undefined && !isNamed) await rm(path, { force: true }).catch(() => undefined)
  }

  return {
    document,
    name: nameOf(service, instance),
    instance,
    values,
    tier: document.tierOf(service.name) ?? document.tierOf(),
    async write(given, tier) {
      const files = createSecretFiles(secretsIn)
      const replaced = await files.replaced(service, instance, given)
      if (values === undefined)
        document.add(service, instance, Object.fromEntries(Object.entries(replaced).filter(([, value]) => value !== undefined)))
      else
        document.update(service.name, instance, { ...replaced, ...(given.tlsFingerprint === undefined ? {} : { tlsInsecure: undefined }) })
      // A service with several targets has one tier, and each token bounds its own.
      const before = configuration.services[service.name]?.tier
      const isAlone = document.instancesOf(service.name).length === 1
      if (isAlone || before === undefined || !allows(before, tier)) writeTiers(document, new Map([[service.name, tier]]), configuration)
      const paths = await files.save()
      const isWritten = await document.save()
      await forget()
      return [...(isWritten ? [document.path] : []), ...paths]
    },
    async remove() {
      if (values === undefined) return false
      document.remove(service.name, instance)
      await document.save()
      await forget()
      return true
    },
    isLast: () => document.instancesOf(service.name).length === 0,
  }
}

function plain(url: string): string {
  return url.replace(/\/+$/, '').toLowerCase()
}
