import type { Access } from '@rackwarden/core'
import { cleanText, lenientInput, type RegisteredTool, type RegisteredWrite, type Runtime, type RunContext } from '@rackwarden/core/runtime'
import { askUpstream } from './call.ts'
import { definitionHash, type ToolDefinition } from './definitions.ts'
import { createInputCheck, type InputCheck } from './input-check.ts'
import { shownInput } from './shown-schema.ts'
import { outputOf, textOf } from './tool-result.ts'
import type { Upstream } from './upstream.ts'

/** What a tool of an upstream is called with: who calls. */
export interface ForeignClient {
  readonly principal: string
}

/** What a model pays for with every list; the rest is for whoever reads `upstreams show`. */
const longestDescription = 500
const noOutput = { type: 'object' }

/** Makes an accepted tool of an upstream one like all others. */
export function foreignTool(
  upstream: Upstream,
  definition: ToolDefinition,
  { listed, access, runtime }: { listed: string; access: Access; runtime: Runtime },
): RegisteredTool {
  const { title = definition.name, description = title, inputSchema } = definition
  const shown = once(() => shownInput(inputSchema))
  const check = createInputCheck(definition)
  const run = async (input: Record<string, unknown>, context: RunContext) => {
    if (access === 'observe') await check(input)
    const { principal } = context.client as ForeignClient
    const { signal, ask, progress, attach } = context
    const asker = {
      principal,
      signal,
      ask,
      progress: ({ message, done, total }: { message: string; done?: number; total?: number }) => progress(message, done, total),
    }
    const request = { method: 'tools/call' as const, params: { name: definition.name, arguments: input }, inputSchema }
    return outputOf(await askUpstream(upstream, request, asker, runtime.secrets), upstream.name, attach)
  }
  return {
    name: listed,
    title: line(title, 100),
    description: line(description, longestDescription),
    access,
    internal: false,
    untrusted: true,
    keep: 'head',
    input: {
      get jsonSchema() {
        return shown().schema
      },
      parse: (value) => shown().original(lenientInput(shown().schema, value)),
    },
    output: { jsonSchema: noOutput, parse: (value) => value },
    text: textOf,
    run,
    asks: true,
    writes: access !== 'observe',
    ...(access === 'observe' ? {} : { write: foreignWrite(upstream, definition, check, runtime) }),
  }
}

/** All that is known of what a foreign tool does is what it was called with: its plan is bound to the definition that was accepted. */
function foreignWrite(upstream: Upstream, definition: ToolDefinition, check: InputCheck, { secrets }: Runtime): RegisteredWrite {
  const hash = definitionHash(definition)
  const { name } = upstream
  return {
    idempotent: definition.annotations?.idempotentHint === true,
    settleWithinMs: 0,
    undo: 'irreversible',
    isBlind: true,
    state: async (input) => {
      await check(input)
      return { definition: hash }
    },
    basis: (state) => state,
    plan: async (input) => {
      // What cannot be reached is not worth anybody's approval.
      await upstream.session()
      return {
        summary: `Call ${definition.name} of ${name}`,
        targets: [`${name}/tool/${definition.name.replaceAll('/', '_')}`],
        diff: Object.entries(secrets.data(input)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
        warnings: ['Its effects are unknown to Rackwarden; it cannot be taken back.'],
      }
    },
    settles: false,
    settled: () => true,
    verified: (output) => output,
  }
}

function line(text: string, longest: number): string {
  const clean = cleanText(text).trim()
  if (clean.length <= longest) return clean
  const sentence = clean.lastIndexOf('. ', longest - 2) + 1
  return sentence > longest / 2 ? `${clean.slice(0, sentence)} …` : `${clean.slice(0, longest - 1)}…`
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
