// Who may publish under it is decided by the owner of this account: docs/decisions/2026-11-20-registry-names.md.
const namespace = 'io.github.rackwarden'

/**
 * The name of a server in the MCP registry; its package says it as `mcpName`.
 * @param {string} name Of the service; `rackwarden` for the hub.
 */
export function registryName(name) {
  return `${namespace}/${name}`
}
