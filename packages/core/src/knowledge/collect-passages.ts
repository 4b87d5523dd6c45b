import type { CensusItem } from '../define/facet.ts'
import { readCensus, type KeptCensus } from '../facets/census-store.ts'
import { cleanData } from '../present/clean.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { addressOf } from './address.ts'
import { cutPassages } from './cut-passages.ts'
import type { DocumentFile } from './document-folder.ts'
import type { Documents } from './documents.ts'
import { createPassageIndex, type PassageIndex, type Place } from './passage-index.ts'
import type { FoundPassage, Passages, Searched } from './passage.ts'
import { pitfallsOf } from './service-pitfalls.ts'
import { shownPart } from './shown-part.ts'

/** What passages are collected from. */
export interface PassagesOptions {
  documents: Documents
  runtime: Runtime
  /** Every mounted service, whoever may see it. */
  mounts: () => readonly Mount[]
}

/** A text as it is now, and how its passages are made. */
interface Source {
  key: string
  version: string
  /** The service it tells of; without one it is for who sees the whole lab. */
  service?: string
  passages: () => Promise<readonly FoundPassage[]>
}

/** Others have their turn this often while an index is made. */
const turnMs = 25
const readAtOnce = 16

/** Collects passages of documents, pitfalls and the latest census; what changed since the last question is read anew. */
export function collectPassages({ documents, runtime, mounts }: PassagesOptions): Passages {
  let index: PassageIndex | undefined
  let current: ReadonlyMap<string, Source> = new Map()
  let refreshing: Promise<Omit<Searched, 'services'>> | undefined

  const refresh = async (): Promise<Omit<Searched, 'services'>> => {
    if (index === undefined || index.isWorn) index = await createPassageIndex()
    const own = index
    const [folders, owners, census] = await Promise.all([documents.look(), documents.ownersPitfalls(), readCensus(runtime.store)])
    const files = folders.flatMap(({ name, files: found }) => found.map((file) => ({ file, address: addressOf('docs', name, file.path) })))
    const isAmongThem = files.some(({ file }) => file.absolute === owners?.absolute)
    const sources = [
      ...files.map(({ file, address }) => documentSource(documents, file, address)),
      ...(owners === undefined || isAmongThem ? [] : [documentSource(documents, owners, addressOf('pitfalls'))]),
      ...mounts().flatMap((mount) => (mount.instances.length > 0 ? [pitfallSource(mount)] : [])),
      ...(census === undefined ? [] : censusSources(census, runtime)),
    ]
    current = new Map(sources.map((source) => [source.key, source]))
    for (const key of own.versions.keys()) if (!current.has(key)) own.drop(key)
    const stale = sources.filter(({ key, version }) => own.versions.get(key) !== version)
    let turn = performance.now()
    for (let start = 0; start < stale.length; start += readAtOnce) {
      const read = await Promise.all(
        stale.slice(start, start + readAtOnce).map(async (source) => ({ ...source, read: await source.passages() })),
      )
      for (const { key, version, read: passages } of read) own.put(key, version, passages)
      if (performance.now() - turn < turnMs) continue
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    }
    const leftOut = folders.flatMap((folder) => [...(folder.problem === undefined ? [] : [1]), ...folder.leftOut.map(({ count }) => count)])
    return {
      files: files.length + (owners === undefined || isAmongThem ? 0 : 1),
      leftOut: leftOut.reduce((sum, count) => sum + count, 0),
      ...(census === undefined ? {} : { census: census.at }),
    }
  }

  /** The passages of places that are still there; a text that changed in between may have others. */
  const readAt = async (places: readonly Place[], isAsked: (word: string) => boolean): Promise<FoundPassage[]> => {
    const read = new Map<string, Promise<readonly FoundPassage[]>>()
    for (const { source } of places) if (!read.has(source)) read.set(source, current.get(source)?.passages() ?? Promise.resolve([]))
    const found = await Promise.all(places.map(async ({ source, ordinal }) => (await read.get(source))?.[ordinal]))
    return found.flatMap((passage) => (passage === undefined ? [] : [{ ...passage, text: shownPart(passage.text, isAsked) }]))
  }

  return {
    search: async (query, limit, { isWhole, mounts: seen }) => {
      refreshing ??= refresh().finally(() => (refreshing = undefined))
      const searched = await refreshing
      const services = new Set(seen.map(({ service }) => service))
      const mayRead = (key: string) => {
        const { service } = current.get(key) ?? {}
        return service === undefined ? isWhole : services.has(service)
      }
      const found = index === undefined ? [] : await readAt(index.search(query, limit, mayRead), index.matcherOf(query))
      const told = mounts().filter((mount) => services.has(mount.service) && mount.pitfalls !== undefined && mount.instances.length > 0)
      // Who does not see the whole lab is not told how much of it is written down.
      const shown = isWhole ? searched : { files: 0, leftOut: 0 }
      return { found, searched: { ...shown, services: told.map(({ service }) => service) } }
    },
  }
}

function documentSource(documents: Documents, file: DocumentFile, address: string): Source {
  return {
    key: `${address} ${file.absolute}`,
    version: `${file.modifiedMs} ${file.bytes}`,
    passages: async () => {
      const text = await documents.read(file)
      return text === undefined ? [] : cutPassages(text).map((passage) => ({ source: address, ...passage }))
    },
  }
}

function pitfallSource(mount: Mount): Source {
  return {
    key: `pitfalls of ${mount.service}`,
    version: '',
    service: mount.service,
    passages: async () =>
      (await pitfallsOf(mount)).map(({ title, text }) => ({
        source: addressOf('pitfalls'),
        headings: [mount.title, title],
        text,
      })),
  }
}

/** What the latest census told, service by service. */
function censusSources({ at, items }: KeptCensus, { secrets }: Runtime): Source[] {
  const source = `census of ${at.slice(0, 16)}Z`
  const serviceOf = ({ target }: CensusItem) => target.split(/[@/]/, 1)[0] ?? ''
  return [...new Set(items.map(serviceOf))].map((service) => ({
    key: `census of ${service}`,
    version: at,
    service,
    passages: () => {
      const passages = items
        .filter((item) => serviceOf(item) === service)
        .map((item) => {
          const { section, target, name, state, facts, details } = secrets.data(cleanData(item))
          const told = Object.entries({ ...(state === undefined ? {} : { state }), ...facts, ...details })
          return { source, headings: [section, name], text: [target, ...told.map(([fact, value]) => `${fact}: ${value}`)].join('\n') }
        })
      return Promise.resolve(passages)
    },
  }))
}
