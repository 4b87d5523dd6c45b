import type { CensusItem } from '../define/facet.ts'
import { readCensus } from '../facets/census-store.ts'
import { cleanData } from '../present/clean.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { addressOf } from './address.ts'
import { cutPassages } from './cut-passages.ts'
import type { DocumentFile } from './document-folder.ts'
import type { Documents } from './documents.ts'
import { createPassageIndex, type PassageIndex } from './passage-index.ts'
import type { Passage, Passages, Searched } from './passage.ts'
import { pitfallsOf } from './service-pitfalls.ts'

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
  passages: () => Promise<readonly Passage[]>
}

/** Others have their turn this often while an index is made. */
const turnMs = 25

/** Collects passages of documents, pitfalls and the latest census; what changed since the last question is read anew. */
export function collectPassages({ documents, runtime, mounts }: PassagesOptions): Passages {
  let index: PassageIndex | undefined
  let refreshing: Promise<Omit<Searched, 'services'>> | undefined

  const refresh = async (): Promise<Omit<Searched, 'services'>> => {
    const own = (index ??= await createPassageIndex())
    const [folders, owners, census] = await Promise.all([documents.look(), documents.ownersPitfalls(), readCensus(runtime.store)])
    const files = folders.flatMap(({ name, files: found }) => found.map((file) => ({ file, address: addressOf('docs', name, file.path) })))
    const isAmongThem = files.some(({ file }) => file.absolute === owners?.absolute)
    const sources = [
      ...files.map(({ file, address }) => documentSource(documents, file, address)),
      ...(owners === undefined || isAmongThem ? [] : [documentSource(documents, owners, addressOf('pitfalls'))]),
      ...mounts().flatMap((mount) => (mount.instances.length > 0 ? [pitfallSource(mount)] : [])),
      ...(census === undefined ? [] : [censusSource(census.at, census.items, runtime)]),
    ]
    const [versions, wanted] = [own.versions, new Set(sources.map(({ key }) => key))]
    for (const key of versions.keys()) if (!wanted.has(key)) own.drop(key)
    let turn = performance.now()
    for (const { key, version, passages } of sources) {
      if (versions.get(key) === version) continue
      own.put(key, version, await passages())
      if (performance.now() - turn < turnMs) continue
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    }
    const leftOut = folders.flatMap((folder) => [...(folder.problem === undefined ? [] : [1]), ...folder.leftOut.map(({ count }) => count)])
    return {
      passages: own.size,
      files: files.length + (owners === undefined || isAmongThem ? 0 : 1),
      leftOut: leftOut.reduce((sum, count) => sum + count, 0),
      ...(census === undefined ? {} : { census: census.at }),
    }
  }

  return {
    search: async (query, limit, { isWhole, mounts: seen }) => {
      refreshing ??= refresh().finally(() => (refreshing = undefined))
      const searched = await refreshing
      const services = new Set(seen.map(({ service }) => service))
      const found = index?.search(query, limit, ({ service }) => (service === undefined ? isWhole : services.has(service))) ?? []
      const told = mounts().filter((mount) => services.has(mount.service) && mount.pitfalls !== undefined && mount.instances.length > 0)
      // Who does not see the whole lab is not told how much of it is written down.
      const shown = isWhole ? searched : { passages: found.length, files: 0, leftOut: 0 }
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
    passages: async () =>
      (await pitfallsOf(mount)).map(({ title, text }) => ({
        source: addressOf('pitfalls'),
        headings: [mount.title, title],
        text,
        service: mount.service,
      })),
  }
}

function censusSource(at: string, items: readonly CensusItem[], { secrets }: Runtime): Source {
  const source = `census of ${at.slice(0, 16)}Z`
  return {
    key: 'census',
    version: at,
    passages: () => {
      const passages = items.map((item) => {
        const { section, target, name, state, facts, details } = secrets.data(cleanData(item))
        const told = Object.entries({ ...(state === undefined ? {} : { state }), ...facts, ...details })
        return {
          source,
          headings: [section, name],
          text: [target, ...told.map(([fact, value]) => `${fact}: ${value}`)].join('\n'),
          service: target.split(/[@/]/, 1)[0] ?? '',
        }
      })
      return Promise.resolve(passages)
    },
  }
}
