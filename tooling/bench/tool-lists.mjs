import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminAcknowledgement, prefixOf } from '@rackwarden/core'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { services } from '../../apps/hub/dist/services.js'

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
  const stateDirectory = mkdtempSync(join(tmpdir(), 'rackwarden-lists-'))
  const runtime = createRuntime({
    version: '0.0.0',
    environment: { RACKWARDEN_ADMIN: adminAcknowledgement },
    stateDirectory,
    log: () => undefined,
  })
  const held = { toolsOff: [], missing: [], off: false, instances: [{ name: 'default', source: 'lists', values: {} }] }
  const catalogue = openCatalogue({
    name: 'rackwarden',
    title: 'Rackwarden',
    services,
    prefixed: true,
    runtime,
    configuration: { tier: 'admin', services: Object.fromEntries(services.map(({ name }) => [name, held])) },
  })
  try {
    return await work(catalogue, { principal: 'local:lists', tier: 'admin' })
  } finally {
    await catalogue.close(0)
    await runtime.close()
    rmSync(stateDirectory, { recursive: true, force: true })
  }
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
