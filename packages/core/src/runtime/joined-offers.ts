import type { CompletionRequest, Prompts, Resources } from '../call/content.ts'

/** Several sources of resources as one; the first that knows an address answers. */
export function joinResources(sources: readonly Resources[]): Resources {
  return {
    list: async (view) => (await Promise.all(sources.map(async (source) => source.list(view)))).flat(),
    templates: async (view) => (await Promise.all(sources.map(async (source) => source.templates(view)))).flat(),
    async read(request) {
      for (const source of sources) {
        const contents = await source.read(request)
        if (contents !== undefined) return contents
      }
      return undefined
    },
    watch(request, changed) {
      const stops = sources.map((source) => source.watch?.(request, changed))
      return () => {
        for (const stop of stops) stop?.()
      }
    },
  }
}

/** Several sources of prompts as one; the first that has a name gives it. */
export function joinPrompts(sources: readonly Prompts[]): Prompts {
  return {
    list: async (view) => (await Promise.all(sources.map(async (source) => source.list(view)))).flat(),
    async get(request) {
      for (const source of sources) {
        const prompt = await source.get(request)
        if (prompt !== undefined) return prompt
      }
      return undefined
    },
  }
}

/** Whoever knows a field completes it. */
export function joinCompletions(
  sources: readonly ((request: CompletionRequest) => Promise<readonly string[] | undefined>)[],
): (request: CompletionRequest) => Promise<readonly string[]> {
  return async (request) => {
    for (const complete of sources) {
      const values = await complete(request)
      if (values !== undefined) return values
    }
    return []
  }
}
