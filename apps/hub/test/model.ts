import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { estimateTokens } from '@rackwarden/core/runtime'

/** A client that goes about it as a model would that makes no mistakes, and what that cost it. */
export interface Model {
  /** Calls a tool, which is looked for first in the words of the person where it is neither listed nor named by an answer. */
  ask(words: string, tool: string, input?: Record<string, unknown>): Promise<string>
  /** What it was told and said so far: the list once, each call and each answer. */
  spent(): { calls: number; tokens: number }
  close(): Promise<void>
}

/** Connects to a hub at an address, which may ask for fewer tools. */
export async function openModel(url: URL): Promise<Model> {
  const client = new Client({ name: 'model', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(url))
  const { tools } = await client.listTools()
  const listed = new Set(tools.map(({ name }) => name))
  let [calls, tokens, heard] = [0, estimateTokens(client.getInstructions() ?? '') + estimateTokens(JSON.stringify(tools)), '']

  async function call(name: string, input: Record<string, unknown>): Promise<string> {
    const result = await client.callTool({ name, arguments: input })
    const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    calls += 1
    heard += `${text}\n`
    tokens += estimateTokens(JSON.stringify({ name, arguments: input })) + estimateTokens(text)
    return text
  }

  /** The tool that calls another, as an answer said it. */
  function callerOf(tool: string): string | undefined {
    return new RegExp(`(call_[a-z]+) tool=${tool} |^${tool} \\((call_[a-z]+)\\)`, 'm').exec(heard)?.slice(1).find(Boolean)
  }

  return {
    async ask(words, tool, { confirm, ...input } = {}) {
      const token = confirm === undefined ? {} : { confirm }
      if (listed.has(tool)) return call(tool, { ...input, ...token })
      if (callerOf(tool) === undefined) await call('search_tools', { query: words })
      return call(callerOf(tool) ?? 'not found', { tool, input, ...token })
    },
    spent: () => ({ calls, tokens }),
    close: () => client.close(),
  }
}
