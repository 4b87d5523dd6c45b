import { accessLevels, prefixOf } from '@rackwarden/core'
import { createRuntime, openCatalogue } from '@rackwarden/core/runtime'
import { programVariables } from '@rackwarden/server'
import { code, table } from './markdown.mjs'
import { addressVariables, aliasText, meaning } from './variables.mjs'
import { listedTools } from './tools.mjs'

/** @typedef {import('./workspace.mjs').Workspace} Workspace */

/**
 * `docs/services.md`, whole.
 * @param {Workspace} workspace
 */
export async function servicesPage({ services }) {
  const levels = accessLevels.filter((level) => services.some(({ service }) => countOf(service, level) > 0))
  const rows = services.map(({ directory, service }) => [
    `[${service.title}](../${directory}/README.md)`,
    service.description,
    code(prefixOf(service.name)),
    { many: 'several', mirrored: 'several alike', single: 'one' }[service.instances],
    neededBy(service),
    ...levels.map((level) => String(countOf(service, level))),
  ])
  return `<!-- Written by \`npm run docs\` from what each service says of itself. -->

# Services

Each is mounted by the [hub](../apps/hub/README.md) under its prefix, and is an MCP server by itself, with its tools unprefixed. Every variable and tool is in the README of the service.

${table(['service', 'what it knows', 'prefix', 'targets', 'needs', ...levels], rows)}

*Targets*: whether a lab may have several, or several that are to hold the same; they go into \`rackwarden.yaml\`. *Needs*: the variable that says where the one target is. The last columns count the tools of each access.

## Toolsets

Services with many tools group them. Those that are on by default are listed, unless [something else is asked for](small-contexts.md#fewer-tools).

${table(
  ['toolset', 'what for', 'tools', 'by default'],
  services.flatMap(({ service }) => toolsetRows(service)),
)}

## Over all services

${table(['tool', 'access', 'what it does'], await toolsOverAll())}

\`find_asset\` and \`plan_decommission\` are the hub's; \`audit_backups\` comes with the hub and with a service alone whose assets are backed up; the others come with every service alone, too, \`search_docs\` where documents are configured.
`
}

/**
 * What the README of the whole tells of: where each service is, and the variables of the program itself.
 * @param {Workspace} workspace
 */
export function mainVariables({ services }) {
  const addresses = services.flatMap(({ service }) =>
    addressVariables(service).map((variable) => [
      [code(variable.name), ...variable.aliases.map(aliasText)].join(' or '),
      meaning(variable),
    ]),
  )
  const own = programVariables.map(({ name, description, choices, default: preset }) => [
    code(name),
    `${meaning({ description, choices: choices ?? undefined })}${preset === undefined ? '' : ` Else ${code(preset)}.`}`,
  ])
  return table(['variable', 'what'], [...addresses, ...own])
}

/** @param {import('@rackwarden/core').Service} service */
function neededBy(service) {
  const names = addressVariables(service)
    .map(({ name }) => code(name))
    .join(', ')
  if (names === '') return 'nothing'
  return service.discover === undefined ? names : `${names}, where it is not found on this machine`
}

/**
 * @param {import('@rackwarden/core').Service} service
 * @param {import('@rackwarden/core').Access} level
 */
function countOf(service, level) {
  return listedTools(service).filter(({ definition }) => definition.access === level).length
}

/** @param {import('@rackwarden/core').Service} service */
function toolsetRows(service) {
  return Object.entries(service.toolsets ?? {}).map(([name, { description, byDefault = true }]) => [
    code(`${service.name}.${name}`),
    description,
    listedTools(service)
      .filter(({ definition }) => definition.toolset === name)
      .map(({ definition }) => code(definition.name))
      .join(', '),
    byDefault ? 'on' : 'off',
  ])
}

/** The tools that know no service, as a hub without any lists them. */
async function toolsOverAll() {
  const runtime = createRuntime({ version: '0.0.0', environment: {}, stateDirectory: '/nonexistent', log: () => undefined })
  const configuration = { tier: /** @type {const} */ ('configure'), services: {} }
  const catalogue = openCatalogue({ name: 'rackwarden', title: 'Rackwarden', services: [], prefixed: true, runtime, configuration })
  try {
    return catalogue
      .list({ caller: { principal: 'local:docs', tier: 'configure' } })
      .map(({ name, description }) => [code(name), catalogue.tool(name)?.access ?? '', description])
  } finally {
    await catalogue.close(0)
    await runtime.close()
  }
}
