import { code, table } from './markdown.mjs'

/** @typedef {import('@rackwarden/core').Service['tools'][number]} ServiceTool */

/**
 * The tools of a service that are listed; what is only ever an inverse is not.
 * @param {import('@rackwarden/core').Service} service
 */
export function listedTools({ tools }) {
  return tools.filter((tool) => tool.kind === 'read' || tool.definition.internal !== true)
}

/** @param {import('@rackwarden/core').Service} service */
export function toolsTable(service) {
  const isGrouped = service.toolsets !== undefined
  return table(
    ['tool', ...(isGrouped ? ['toolset'] : []), 'access', 'undo', 'what it does'],
    listedTools(service).map((tool) => [
      code(tool.definition.name),
      ...(isGrouped ? [tool.definition.toolset ?? ''] : []),
      tool.definition.access,
      undoText(service, tool),
      tool.definition.description,
    ]),
  )
}

/**
 * What takes a write back: the tools its `undo` names, or the word that stands in its place.
 * @param {import('@rackwarden/core').Service} service
 * @param {ServiceTool} tool
 */
function undoText(service, tool) {
  if (tool.kind === 'read') return ''
  const { name, undo } = tool.definition
  return typeof undo === 'string' ? undo : inversesOf(service, name, undo).map(code).join(', ')
}

/**
 * An inverse is computed from facts only a call has, so what it can be is read from the names its function holds.
 * Where a change was none, it may name the tool itself; that takes nothing back.
 * @param {import('@rackwarden/core').Service} service
 * @param {string} name
 * @param {Function} undo
 */
export function inversesOf({ name: service, tools }, name, undo) {
  const words = [...String(undo).matchAll(/(['"`])([a-z]+(?:_[a-z0-9]+)+)\1/g)].map(([, , word = '']) => word)
  const known = tools.map(({ definition }) => definition.name)
  const inverses = [...new Set(words)].filter((word) => known.includes(word))
  const others = inverses.filter((word) => word !== name)
  if (inverses.length === 0) throw new Error(`${service}: the undo of ${name} names no tool; write its name where the inverse is made`)
  return others.length === 0 ? [name] : others
}
