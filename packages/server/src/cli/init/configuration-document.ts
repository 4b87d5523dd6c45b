import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ToolError, type Service, type Tier } from '@rackwarden/core'
import { configurationDirectory, type Environment } from '@rackwarden/core/runtime'
import { isMap, parseDocument, YAMLMap, type Document } from 'yaml'
import { backUp, textOf, writeText } from '../settings/text-file.ts'

const initHeader = ' Written by init; run it again to add more. Secrets stand in files of their own, named here as file:/path.'
const serviceKeys = ['tier', 'tools', 'instances']

/** `rackwarden.yaml` as it is being changed; comments and order stay as they are. */
export interface ConfigurationDocument {
  readonly path: string
  /** True where the file was there before. */
  readonly existed: boolean
  /** Names of a service's instances that stand in the file. */
  instancesOf(service: string): readonly string[]
  /** Adds an instance; the one that stood directly under its service becomes `default`. */
  add(service: Service, instance: string, values: Readonly<Record<string, unknown>>): void
  /** The fields of an instance as they are written, references unread; undefined where it does not stand in the file. */
  valuesOf(service: string, instance: string): Readonly<Record<string, unknown>> | undefined
  /** Sets fields of an instance that stands in the file, and takes out those that are undefined. */
  update(service: string, instance: string, values: Readonly<Record<string, unknown>>): void
  /** Takes an instance out, and its service with the last one. */
  remove(service: string, instance: string): void
  /** Names that stand under a key of the file. */
  namesUnder(key: string): readonly string[]
  /** Puts an entry under a key of the file. */
  put(key: string, name: string, value: unknown): void
  tierOf(service?: string): string | undefined
  setTier(tier: Tier, service?: string): void
  text(): string
  /** Writes it, for this user only, if anything changed; says whether it did. */
  save(): Promise<boolean>
  /** The same, with a copy kept of what it was; says where. */
  saveBeside(): Promise<string | undefined>
}

/** The file that is read now: the one named, else the working directory's, else the user's, whether or not it is there. */
export async function configurationPath(file: string | undefined, directory: string, environment: Environment): Promise<string> {
  if (file !== undefined) return resolve(directory, file)
  const local = join(directory, 'rackwarden.yaml')
  const isThere = await stat(local).then(
    () => true,
    () => false,
  )
  return isThere ? local : join(configurationDirectory(environment), 'rackwarden.yaml')
}

/** Opens the file at a path, or begins a new one. */
export async function openDocument(path: string, header = initHeader): Promise<ConfigurationDocument> {
  const before = await textOf(path)
  const document: Document = parseDocument(before ?? '')
  const [error] = document.errors
  if (error !== undefined)
    throw new ToolError('invalid_config', `${path}: ${error.message}`, {
      hint: 'Mend the file first; nothing is changed that cannot be read.',
      cause: error,
    })
  if (before === undefined) document.commentBefore = header
  if (!isMap(document.contents)) {
    if (document.contents !== null && document.toJS() !== null)
      throw new ToolError('invalid_config', `${path}: the file must hold keys and values.`, { hint: 'Begin with `tier:` or `services:`.' })
    document.contents = document.createNode({})
  }
  let changed = false

  /** The map at a path, made where there is nothing. */
  function mapAt(...keys: readonly string[]): YAMLMap {
    const found = document.getIn(keys, true)
    if (isMap(found)) {
      if (found.items.length === 0) found.flow = false
      return found
    }
    const made = new YAMLMap()
    document.setIn(keys, made)
    return made
  }

  function namesIn(service: string): string[] {
    const instances = document.getIn(['services', service, 'instances'], true)
    if (isMap(instances)) return instances.items.map(({ key }) => keyOf(key))
    const own = document.getIn(['services', service], true)
    return isMap(own) && own.items.some(({ key }) => !serviceKeys.includes(keyOf(key))) ? ['default'] : []
  }

  /** The map of an instance, which may be that of its service. */
  function instanceMap(service: string, instance: string): YAMLMap | undefined {
    if (!namesIn(service).includes(instance)) return undefined
    const named: unknown = document.getIn(['services', service, 'instances', instance], true)
    const found = named ?? document.getIn(['services', service], true)
    return isMap(found) ? found : undefined
  }

  return {
    path,
    existed: before !== undefined,
    instancesOf: namesIn,
    valuesOf(service, instance) {
      const found = instanceMap(service, instance)
      if (found === undefined) return undefined
      const all = Object.entries(found.toJSON() as Record<string, unknown>)
      return Object.fromEntries(all.filter(([key]) => !serviceKeys.includes(key)))
    },
    update(service, instance, values) {
      const found = instanceMap(service, instance)
      for (const [field, value] of Object.entries(values)) {
        if (found?.get(field) === value) continue
        changed = true
        if (value === undefined) found?.delete(field)
        else found?.set(field, value)
      }
    },
    remove(service, instance) {
      const names = namesIn(service)
      if (!names.includes(instance)) return
      changed = true
      if (names.length === 1) document.deleteIn(['services', service])
      else document.deleteIn(['services', service, 'instances', instance])
    },
    add(service, instance, values) {
      changed = true
      mapAt('services')
      const own = mapAt('services', service.name)
      const names = namesIn(service.name)
      if (names.length === 0 && instance === 'default') {
        for (const [field, value] of Object.entries(values)) own.set(document.createNode(field), document.createNode(value))
        return
      }
      if (!own.has('instances')) {
        const flat = own.items.filter(({ key }) => !serviceKeys.includes(keyOf(key)))
        const { flow = false, comment } = own
        own.items = own.items.filter((item) => !flat.includes(item))
        own.flow = false
        own.comment = null
        const instances = mapAt('services', service.name, 'instances')
        if (flat.length > 0) {
          const moved = new YAMLMap()
          moved.items = flat
          moved.flow = flow
          moved.comment = comment ?? null
          instances.set(document.createNode('default'), moved)
        }
      }
      mapAt('services', service.name, 'instances').set(document.createNode(instance), document.createNode(values))
    },
    namesUnder: (key) => {
      const found = document.get(key, true)
      return isMap(found) ? found.items.map((item) => keyOf(item.key)) : []
    },
    put(key, name, value) {
      changed = true
      mapAt(key).set(document.createNode(name), document.createNode(value))
    },
    tierOf: (service) => {
      const found = document.getIn(service === undefined ? ['tier'] : ['services', service, 'tier'])
      return typeof found === 'string' ? found : undefined
    },
    setTier(tier, service) {
      if (service === undefined) {
        if (document.get('tier') === tier) return
        changed = true
        const own = document.contents as YAMLMap
        if (own.has('tier')) own.set('tier', tier)
        else own.items.unshift(document.createPair('tier', tier) as (typeof own.items)[number])
        return
      }
      mapAt('services')
      const entry = mapAt('services', service)
      if (entry.get('tier') === tier) return
      changed = true
      if (entry.has('tier')) entry.set('tier', tier)
      else entry.items.unshift(document.createPair('tier', tier) as (typeof entry.items)[number])
    },
    text: () => (changed || before === undefined ? document.toString({ lineWidth: 0 }) : before),
    async saveBeside() {
      const backup = before === undefined || !changed ? undefined : await backUp(path)
      if (changed) await writeText(path, document.toString({ lineWidth: 0 }))
      return backup
    },
    async save() {
      if (!changed) return false
      await writeText(path, document.toString({ lineWidth: 0 }))
      return true
    },
  }
}

function keyOf(key: unknown): string {
  return String((key as { value?: unknown } | null)?.value ?? key)
}
