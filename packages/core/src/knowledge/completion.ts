import type { CompletionRequest } from '../call/content.ts'
import type { View } from '../call/view.ts'
import { askEverybody } from '../facets/ask.ts'
import type { Lab } from '../facets/lab.ts'
import type { Documents } from './documents.ts'
import { promptDefinitions } from './prompts.ts'

/** What fields are completed from. */
export interface CompletionOptions {
  documents: Documents
  labOf: (view: View) => Lab
  prefix: string
}

/** Names are asked for at every key that is pressed; the lab is asked this often. */
const namesKeptMs = 30_000
const mostChanges = 100

/** Makes the completion of fields of prompts and addresses; undefined for a field that is none of ours. */
export function openCompletion({ documents, labOf, prefix }: CompletionOptions) {
  const kept = new Map<string, { names: Promise<readonly string[]>; until: number }>()

  const assetNames = (view: View): Promise<readonly string[]> => {
    const lab = labOf(view)
    const { clock } = lab.runtime
    const key = JSON.stringify(lab.mounts.map(({ service }) => service))
    const known = kept.get(key)
    if (known !== undefined && clock.now() < known.until) return known.names
    const names = namesIn(lab)
    kept.set(key, { names, until: clock.now() + namesKeptMs })
    return names
  }

  const documentPaths = async (view: View, folder: string | undefined): Promise<readonly string[]> => {
    if (!labOf(view).isWhole) return []
    const folders = await documents.look()
    return folder === undefined
      ? folders.map(({ name }) => name)
      : folders.filter(({ name }) => folder === '' || name === folder).flatMap(({ files }) => files.map(({ path }) => path))
  }

  const changes = async (view: View): Promise<string[]> => {
    const { journal, mounts } = labOf(view)
    const ids: string[] = []
    for await (const { id, service } of journal.list()) {
      if (mounts.some((mount) => mount.service === service)) ids.push(id)
      if (ids.length >= mostChanges) break
    }
    return ids
  }

  const valuesOf = async ({ of, field, ...view }: CompletionRequest): Promise<readonly string[] | undefined> => {
    if ('prompt' in of) {
      const definition = promptDefinitions.find(({ name }) => `${prefix}${name}` === of.prompt)
      if (definition === undefined) return undefined
      const from = definition.arguments.find(({ name }) => name === field)?.of
      if (from === 'assets') return assetNames(view)
      return from === 'services' ? labOf(view).mounts.map(({ service }) => service) : []
    }
    switch (`${of.resource} ${field}`) {
      case 'rackwarden://docs/{folder} folder':
      case 'rackwarden://docs/{folder}/{+path} folder':
        return documentPaths(view, undefined)
      case 'rackwarden://docs/{folder}/{+path} path':
        return documentPaths(view, '')
      case 'rackwarden://asset/{name} name':
        return assetNames(view)
      case 'rackwarden://change/{id} id':
        return changes(view)
      case 'rackwarden://service/{name} name':
        return labOf(view).mounts.map(({ service }) => service)
      default:
        return of.resource.startsWith('rackwarden://') ? [] : undefined
    }
  }

  return async (request: CompletionRequest): Promise<readonly string[] | undefined> => {
    const values = await valuesOf(request)
    return values === undefined ? undefined : matching(values, request.begun)
  }
}

async function namesIn({ mounts, runtime }: Lab): Promise<readonly string[]> {
  const asked = await askEverybody(
    mounts,
    runtime,
    new AbortController().signal,
    async (mount, client, context) => mount.facets?.assets(client, context) ?? [],
  )
  const names = asked.flatMap(({ answer }) => answer ?? []).map(({ name }) => runtime.secrets.text(name))
  return [...new Set(names)].toSorted((first, second) => (first < second ? -1 : 1))
}

/** What begins so first, then what has it in it. */
function matching(values: readonly string[], begun: string): string[] {
  const wanted = begun.toLowerCase()
  const [begins, has]: [string[], string[]] = [[], []]
  for (const value of values) {
    const at = value.toLowerCase().indexOf(wanted)
    if (at === 0) begins.push(value)
    else if (at > 0) has.push(value)
  }
  return [...begins, ...has]
}
