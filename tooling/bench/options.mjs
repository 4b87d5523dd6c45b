import { defineProgram, readArguments } from '../bootstrap/program.mjs'

/** The row groups, in the order they are measured. */
export const groups = /** @type {const} */ ([
  'starts',
  'lists',
  'calls',
  'memory',
  'size',
  'faults',
  'upstreams',
  'redaction',
  'audit',
  'guests',
  'tokens',
])

/** @typedef {(typeof groups)[number]} Group */

export const program = defineProgram({
  command: 'npm run bench --',
  does: 'Prints what starts, lists, calls, memory, size and faults cost, each beside a floor or a peer.',
  options: {
    quick: { type: 'boolean', says: 'fewer rounds: a look, and no figure to hold anybody to' },
    peers: { type: 'boolean', says: 'beside other servers of npm, which are installed' },
    only: { type: 'string', multiple: true, value: '<group,…>', says: `of ${groups.join(', ')}` },
    json: { type: 'boolean', says: 'as JSON' },
  },
})

/**
 * Reads what `npm run bench` was told; throws with a sentence for what it does not know.
 * @param {string[]} args
 * @returns {{ json: boolean, quick: boolean, peers: boolean, only: readonly Group[] }}
 */
export function readOptions(args) {
  const { values } = readArguments(program, args)
  const named = (values.only ?? []).flatMap((value) => value.split(','))
  const unknown = named.find((name) => !groups.some((group) => group === name))
  if (unknown !== undefined) throw new Error(`There is no row group '${unknown}'. Row groups: ${groups.join(' ')}`)
  const only = named.length === 0 ? groups : groups.filter((group) => named.includes(group))
  return { json: values.json === true, quick: values.quick === true, peers: values.peers === true, only }
}
