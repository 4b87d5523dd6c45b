import { parseArgs } from 'node:util'

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

/**
 * Reads what `npm run bench` was told; throws with a sentence for what it does not know.
 * @param {string[]} args
 * @returns {{ json: boolean, quick: boolean, peers: boolean, only: readonly Group[] }}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
      peers: { type: 'boolean' },
      only: { type: 'string', multiple: true },
    },
  })
  const named = (values.only ?? []).flatMap((value) => value.split(','))
  const unknown = named.find((name) => !groups.some((group) => group === name))
  if (unknown !== undefined) throw new Error(`There is no row group '${unknown}'. Row groups: ${groups.join(' ')}`)
  const only = named.length === 0 ? groups : groups.filter((group) => named.includes(group))
  return { json: values.json === true, quick: values.quick === true, peers: values.peers === true, only }
}
