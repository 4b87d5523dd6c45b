import type { CompletionRequest, Prompts, Resources } from '../call/content.ts'
import type { RegisteredTool } from '../call/registered-tool.ts'
import type { CallResult } from '../call/result.ts'
import type { CallRequest } from '../call/surface.ts'
import type { View } from '../call/view.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Lab } from '../facets/lab.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { DocumentFolder } from './document-folder.ts'
import type { Passages } from './passage.ts'

/** What knowledge is made from. */
export interface KnowledgeOptions {
  runtime: Runtime
  /** Whether there are several services, each under its prefix. */
  prefixed: boolean
  /** Put before every name, where that is asked for. */
  prefix: string
  configuration: () => Configuration
  /** Every mount of now, whoever may see it. */
  mounts: () => readonly Mount[]
  labOf: (view: View) => Lab
  /** How the owner says something at a shell. */
  command: (words: string) => string
  /** Takes the one path of a call with a tool that is under no name. */
  call: (request: CallRequest, tool: RegisteredTool) => Promise<CallResult>
}

/** What is known of the lab beside what its tools do: things to read by address, texts to begin with, and what was written down. */
export interface Knowledge {
  readonly resources: Resources
  readonly prompts: Prompts
  readonly passages: Passages
  /** Undefined where the field is none of ours. */
  complete(request: CompletionRequest): Promise<readonly string[] | undefined>
  /** Calls back after the documents there are changed, until the function it gives is called. */
  watch(changed: () => void): () => void
  /** The folders of documents as they are, and how many passages each holds. */
  survey(): Promise<readonly SurveyedFolder[]>
  close(): void
}

/** A folder, and what can be found in it. */
export interface SurveyedFolder extends DocumentFolder {
  passages: number
  /** Files that are no text in UTF-8. */
  unread: readonly string[]
}

/** Holds knowledge ready; nothing of it is loaded, and nobody contacted, before it is asked for. */
export function createKnowledge(options: KnowledgeOptions): Knowledge {
  const { runtime, configuration, mounts } = options
  const documents = once(async () => (await import('./documents.ts')).openDocuments(() => configuration().docs, runtime))
  const opened = once(async () => (await import('./open-knowledge.ts')).openKnowledge(options, await documents()))
  const passages = once(async () =>
    (await import('./collect-passages.ts')).collectPassages({ documents: await documents(), runtime, mounts }),
  )
  const stops = new Set<() => void>()
  const followers = new Set<() => void>()
  let following = false

  /** Begins something that is loaded first; it may be over before it began. */
  function begun(start: (open: Awaited<ReturnType<typeof opened>>) => () => void): () => void {
    let isOver = false
    let stop: () => void = () => undefined
    const end = () => {
      isOver = true
      stops.delete(end)
      stop()
    }
    stops.add(end)
    const begin = async () => {
      const open = await opened()
      if (!isOver) stop = start(open)
    }
    begin().catch((error: unknown) => runtime.log('error', error instanceof Error ? error.message : String(error)))
    return end
  }

  /** Whoever never saw the list misses no change of it, and who has no documents has no list that changes. */
  function followList(): void {
    if (following || (configuration().docs?.folders.length ?? 0) === 0) return
    following = true
    begun((open) =>
      open.watches.watchList(() => {
        for (const changed of followers) changed()
      }),
    )
  }

  return {
    resources: {
      list: async (view) => {
        followList()
        return (await opened()).resources.list(view)
      },
      templates: async (view) => (await opened()).resources.templates(view),
      read: async (request) => (await opened()).resources.read(request),
      watch: (request, changed) => begun((open) => open.resources.watch?.(request, changed) ?? (() => undefined)),
    },
    prompts: {
      list: async (view) => (await opened()).prompts.list(view),
      get: async (request) => (await opened()).prompts.get(request),
    },
    complete: async (request) => (await opened()).complete(request),
    passages: { search: async (query, limit, reader) => (await passages()).search(query, limit, reader) },
    watch: (changed) => {
      followers.add(changed)
      return () => void followers.delete(changed)
    },
    survey: async () => (await import('./survey-documents.ts')).surveyDocuments(await documents()),
    close: () => {
      for (const stop of stops) stop()
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
