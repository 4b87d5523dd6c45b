/** @typedef {Record<string, Record<string, number>>} Costs Tokens by list and tool. */

const allowed = 1.05

/**
 * What a change of the lists means to a model's context: tools added, removed and changed, and the total of each list.
 * @param {Costs} before
 * @param {Costs} after
 * @returns {string[]}
 */
export function difference(before, after) {
  return names(before, after).flatMap((list) => {
    const [was, is] = [before[list] ?? {}, after[list] ?? {}]
    const changes = names(was, is).flatMap((tool) => {
      const [old, now] = [was[tool], is[tool]]
      if (old === now) return []
      const verb = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
      return [`  ${tool} ${verb} (${signed((now ?? 0) - (old ?? 0))})`]
    })
    return changes.length === 0 ? [] : [`${list}: ${total(was)} to ${total(is)} tokens`, ...changes]
  })
}

/**
 * What speaks against the change: a list that grew by more than 5 % where no changeset says why.
 * @param {Costs} before
 * @param {Costs} after
 * @param {string} changesets
 * @returns {string[]}
 */
export function unexplained(before, after, changesets) {
  return Object.entries(after).flatMap(([list, tools]) => {
    const known = before[list]
    if (known === undefined) return []
    if (total(tools) <= total(known) * allowed || reason(list).test(changesets)) return []
    const percent = ((total(tools) / total(known) - 1) * 100).toFixed(1)
    return [
      `${list} grew by ${percent} %, from ${total(known)} to ${total(tools)} tokens. Make it leaner, or say why in a changeset: tokens: ${list} +${percent} %, because …`,
    ]
  })
}

/**
 * Lists nobody measured. One of a service whose first release is only being written may wait until its tools are its own.
 * @param {Costs} before
 * @param {Costs} after
 * @param {readonly string[]} changesetFiles
 * @returns {string[]}
 */
export function unmeasured(before, after, changesetFiles) {
  return Object.keys(after)
    .filter((list) => before[list] === undefined && !changesetFiles.includes(`first-${list}.md`))
    .map((list) => `${list} has no baseline: npm run tokens -- --update`)
}

/**
 * The baseline with the lists that are named as they are now; with every list where none is named.
 * @param {Costs} before
 * @param {Costs} after
 * @param {readonly string[]} named
 * @returns {Costs}
 */
export function moved(before, after, named) {
  if (named.length === 0) return after
  return { ...before, ...Object.fromEntries(Object.entries(after).filter(([list]) => named.includes(list))) }
}

/** @param {Record<string, number>} tools */
export function total(tools) {
  return Object.values(tools).reduce((sum, cost) => sum + cost, 0)
}

/** @param {string} list */
function reason(list) {
  return new RegExp(`^tokens: ${list} \\+[\\d.]+ %, because \\S`, 'm')
}

/** @param {...object} records */
function names(...records) {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].toSorted()
}

/** @param {number} value */
function signed(value) {
  return `${value < 0 ? '' : '+'}${value}`
}
