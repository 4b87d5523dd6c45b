import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminAcknowledgement, prefixOf } from '@rackwarden/core'
import { services } from '../../apps/hub/dist/services.js'
import { withCatalogue } from './hub.mjs'

/** @typedef {{ name: string, description: string }} Listing A tool as it is listed over MCP. */

const packages = fileURLToPath(new URL('../../packages', import.meta.url))

/**
 * The golden list of each service, as its own server would give it.
 * @returns {Record<string, Listing[]>}
 */
export function serviceLists() {
  const goldens = readdirSync(packages)
    .toSorted()
    .map((service) => /** @type {const} */ ([service, join(packages, service, 'test/tools.json')]))
    .filter(([, file]) => existsSync(file))
  return Object.fromEntries(goldens.map(([service, file]) => [service, golden(file)]))
}

/**
 * What is done with the hub over every service it can mount, for a caller of the highest tier.
 * @template Result
 * @param {(catalogue: import('@rackwarden/core/runtime').Catalogue, caller: import('@rackwarden/core/runtime').Caller) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withHub(work) {
  const held = { toolsOff: [], missing: [], off: false, instances: [{ name: 'default', source: 'lists', values: {} }] }
  const configuration = { tier: /** @type {const} */ ('admin'), services: Object.fromEntries(services.map(({ name }) => [name, held])) }
  return withCatalogue({ configuration, environment: { RACKWARDEN_ADMIN: adminAcknowledgement } }, async (catalogue) =>
    work(catalogue, { principal: 'local:lists', tier: 'admin' }),
  )
}

/**
 * The whole list of the hub.
 * @param {import('@rackwarden/core/runtime').Exposure} [exposure]
 * @returns {Promise<Listing[]>}
 */
export function hubList(exposure = 'all') {
  return withHub(async (catalogue, caller) => [...catalogue.list({ caller, exposure })])
}

/**
 * The service a tool of the hub belongs to; `hub` for its own.
 * @param {string} tool
 */
export function serviceOf(tool) {
  return services.find(({ name }) => tool.startsWith(prefixOf(name)))?.name ?? 'hub'
}

/**
 * A golden says the access of each tool beside what is listed.
 * @param {string} file
 * @returns {Listing[]}
 */
function golden(file) {
  /** @type {(Listing & { access: string })[]} */
  const tools = JSON.parse(readFileSync(file, 'utf8'))
  return tools.map(({ access: _access, ...listing }) => listing)
}
