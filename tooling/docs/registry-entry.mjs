import { readFileSync } from 'node:fs'
import { programVariables } from '@rackwarden/server'
import { Ajv } from 'ajv'
import { formatted } from './listings.mjs'
import { registryName } from './registry-name.mjs'
import { addressVariables, variablesFor } from './variables.mjs'

/**
 * @typedef {import('./workspace.mjs').Workspace} Workspace
 * @typedef {import('./workspace.mjs').PackageManifest} PackageManifest
 */

/** The registry's schema without its prose, and without what we never write: that is refused instead. */
const schema = JSON.parse(readFileSync(new URL('registry-schema.json', import.meta.url), 'utf8'))
const validate = new Ajv().compile(schema)
const onlyHttp = ['RACKWARDEN_HTTP', 'RACKWARDEN_TOKEN', 'RACKWARDEN_ALLOWED_HOSTS', 'RACKWARDEN_ALLOWED_ORIGINS']

/**
 * The `server.json` of everything that is a server, by its path.
 * @param {Workspace} workspace
 */
export async function registryEntries({ services, hub }) {
  const ofServices = services.map(({ directory, manifest, service }) => {
    const { name, title, description } = service
    return /** @type {const} */ ([
      directory,
      entryOf({ name, title, description, manifest, variables: variablesFor(service).map(inputOf) }),
    ])
  })
  // Where each target is; the rest of a whole lab goes into its configuration file.
  const addresses = services.flatMap(({ service }) =>
    addressVariables(service).map((variable) => inputOf({ ...variable, required: false })),
  )
  const { manifest } = hub
  const ofHub = entryOf({ name: 'rackwarden', title: 'Rackwarden', description: manifest.description, manifest, variables: addresses })
  const entries = [...ofServices, /** @type {const} */ ([hub.directory, ofHub])]
  return new Map(
    await Promise.all(
      entries.map(async ([directory, entry]) => {
        const path = `${directory}/server.json`
        const [problem] = registryProblems(entry)
        if (problem !== undefined) throw new Error(`${path}: ${problem}`)
        return /** @type {const} */ ([path, await formatted(path, JSON.stringify(entry))])
      }),
    ),
  )
}

/**
 * What the registry would refuse an entry for, a sentence each.
 * @param {unknown} entry
 */
export function registryProblems(entry) {
  if (validate(entry)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`)
}

/** @param {{ name: string, title: string, description: string, manifest: PackageManifest, variables: readonly Input[] }} server */
function entryOf({ name, title, description, manifest: { name: identifier, version }, variables }) {
  const own = programVariables.filter(({ unoffered }) => unoffered !== true).map(ownInput)
  const addressed = own.find((variable) => variable.name === 'RACKWARDEN_HTTP')
  const npm = { registryType: 'npm', identifier, version, runtimeHint: 'npx' }
  return {
    $schema: schema.$id,
    name: registryName(name),
    title,
    description: description.replace(/\.$/, ''),
    version,
    packages: [
      {
        ...npm,
        transport: { type: 'stdio' },
        environmentVariables: [...variables, ...own.filter((variable) => !onlyHttp.includes(variable.name))],
      },
      {
        ...npm,
        transport: {
          type: 'streamable-http',
          url: 'http://{RACKWARDEN_HTTP}/mcp',
          headers: [{ name: 'Authorization', description: 'Bearer and RACKWARDEN_TOKEN, where one is set.', isSecret: true }],
        },
        environmentVariables: [
          { ...addressed, isRequired: true, default: '127.0.0.1:3005' },
          ...variables,
          ...own.filter((variable) => variable !== addressed),
        ],
      },
    ],
  }
}

/** @typedef {{ name: string, description: string, isRequired?: boolean, isSecret?: boolean, format?: string, default?: string, choices?: readonly string[] }} Input */

/**
 * @param {import('./variables.mjs').Variable} variable
 * @returns {Input}
 */
function inputOf({ name, description, required, secret, format, default: preset, choices }) {
  return {
    name,
    description,
    ...(required ? { isRequired: true } : {}),
    ...(secret ? { isSecret: true } : {}),
    ...(format === 'string' ? {} : { format }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(choices === undefined ? {} : { choices }),
  }
}

/**
 * @param {import('@rackwarden/server').ProgramVariable} variable
 * @returns {Input}
 */
function ownInput({ name, description, secret, choices, path, default: preset }) {
  return {
    name,
    description,
    ...(secret ? { isSecret: true } : {}),
    ...(path ? { format: 'filepath' } : {}),
    ...(preset === undefined ? {} : { default: preset }),
    ...(choices === undefined ? {} : { choices }),
  }
}
