import { encode } from 'gpt-tokenizer/encoding/o200k_base'

/**
 * @typedef {import('@rackwarden/core/runtime').CallResult} CallResult
 * @typedef {{ ask: string, tool: string, input?: Record<string, unknown>, confirm?: true }} Step What somebody asks for, and the call that does it; with `confirm` once more with the token of the plan before.
 */

/**
 * Plays a task as a model would that makes no mistakes, and counts what enters its context: the list once, each call and each answer.
 * Where a tool is not listed it is looked for in the words of the person first, unless an answer named it already.
 * @param {object} options
 * @param {readonly { name: string }[]} options.list
 * @param {string} options.instructions
 * @param {(name: string, input: Record<string, unknown>) => Promise<CallResult>} options.call
 * @param {(tool: string) => string} options.accessOf
 * @param {readonly Step[]} options.steps
 */
export async function playTask({ list, instructions, call, accessOf, steps }) {
  const listed = new Set(list.map(({ name }) => name))
  let tokens = costOf(instructions) + costOf(JSON.stringify(list))
  let [calls, searches, confirm, heard] = [0, 0, '', '']

  /**
   * @param {string} name
   * @param {Record<string, unknown>} input
   */
  const made = async (name, input) => {
    const result = await call(name, input)
    if (result.kind === 'error') throw new Error(`${name} ${JSON.stringify(input)}: ${result.text}`)
    if (result.kind === 'plan') confirm = result.plan.confirm
    calls += 1
    heard += result.text
    tokens += costOf(JSON.stringify({ name, arguments: input })) + costOf(result.text)
    return result.text
  }

  for (const { ask, tool, input = {}, confirm: confirmed } of steps) {
    const token = confirmed === true ? { confirm } : {}
    if (listed.has(tool)) {
      await made(tool, { ...input, ...token })
      continue
    }
    if (!heard.includes(tool)) {
      searches += 1
      const found = await made('search_tools', { query: ask })
      if (!found.includes(`${tool} (`)) throw new Error(`'${ask}' does not lead to ${tool}: ${found}`)
    }
    await made(`call_${accessOf(tool)}`, { tool, input, ...token })
  }
  return { tokens, calls, searches }
}

/** @param {string} text */
function costOf(text) {
  return encode(text).length
}
