import { httpConfig, sshConfig } from '@rackwarden/core'
import { variablesOf } from '@rackwarden/core/runtime'
import { programVariables } from '@rackwarden/server'
import { z } from 'zod'
import { code, prose, table } from './markdown.mjs'

/**
 * What is known of one variable of a service.
 * @typedef {object} Variable
 * @property {string} field
 * @property {string} name
 * @property {readonly string[]} aliases
 * @property {string} description
 * @property {boolean} required
 * @property {boolean} secret
 * @property {string | undefined} default
 * @property {readonly string[] | undefined} choices
 * @property {'string' | 'number' | 'boolean'} format
 * @property {FieldGroup} group
 */

/** @typedef {'own' | 'TLS' | 'SSH' | 'limit'} FieldGroup */

/** The fields several services share, by the group they are told of in. */
export const sharedFields = {
  TLS: Object.keys(httpConfig).filter((field) => field.startsWith('tls')),
  SSH: Object.keys(sshConfig),
  limit: ['timeoutMs'],
}

/** @type {readonly FieldGroup[]} */
const order = ['own', 'TLS', 'SSH', 'limit']

/**
 * The variables of a service: what has to be given first, then its own, then those it shares with others.
 * @param {import('@rackwarden/core').Service} service
 * @returns {Variable[]}
 */
export function variablesFor(service) {
  const variables = variablesOf(service).map(({ field, names, required, secret, description }) => {
    const [name = field, ...aliases] = names
    const schema = service.config[field] ?? z.string()
    const shape = /** @type {Shape} */ (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
    return {
      field,
      name,
      aliases,
      description,
      // What is looked for on this machine need not be given.
      required: required && service.discover === undefined,
      secret,
      default: shape.default === undefined ? undefined : String(shape.default),
      choices: shape.enum,
      format: formatOf(shape),
      group: groupOf(field),
    }
  })
  return variables.toSorted(
    (first, second) => order.indexOf(first.group) - order.indexOf(second.group) || Number(second.required) - Number(first.required),
  )
}

/**
 * The variables that say where a service is; without them nothing of it is served.
 * @param {import('@rackwarden/core').Service} service
 */
export function addressVariables(service) {
  const needed = variablesOf(service).filter(({ required }) => required)
  return variablesFor(service).filter(({ field }) => needed.some((variable) => variable.field === field))
}

/**
 * Every name something of ours reads from the environment, the files of `_FILE` aside.
 * @param {readonly import('@rackwarden/core').Service[]} services
 */
export function knownVariables(services) {
  const ofServices = services.flatMap((service) => variablesFor(service).flatMap(({ name, aliases }) => [name, ...aliases]))
  return [...programVariables.map(({ name }) => name), ...ofServices]
}

/** @param {import('@rackwarden/core').Service} service */
export function variablesTable(service) {
  return table(
    ['variable', 'meaning', 'default', 'note'],
    variablesFor(service).map((variable) => [
      [code(variable.name), ...variable.aliases.map(aliasText)].join(', or '),
      meaning(variable),
      variable.default === undefined ? '' : code(variable.default),
      [variable.required ? 'required' : '', variable.secret ? 'secret' : ''].filter(Boolean).join(', '),
    ]),
  )
}

/**
 * What a variable is for, with what may stand in it.
 * @param {Pick<Variable, 'description' | 'choices'>} variable
 */
export function meaning({ description, choices }) {
  const unnamed = choices?.filter((choice) => !description.includes(choice)) ?? []
  const listed = unnamed.length === 0 ? '' : ` One of ${choices?.map(code).join(', ')}.`
  return `${prose(description)}${listed}`
}

/**
 * A file in a directory that another variable names is read as such.
 * @param {string} alias
 */
export function aliasText(alias) {
  const [directory = alias, ...file] = alias.split('/')
  return file.length === 0 ? code(alias) : `${code(file.join('/'))} in ${code(directory)}`
}

/** @typedef {{ type?: string | string[], enum?: string[], default?: string | number | boolean }} Shape */

/**
 * @param {Shape} shape
 * @returns {Variable['format']}
 */
function formatOf(shape) {
  const kinds = [shape.type].flat()
  if (kinds.includes('boolean')) return 'boolean'
  return kinds.includes('integer') || kinds.includes('number') ? 'number' : 'string'
}

/**
 * @param {string} field
 * @returns {FieldGroup}
 */
function groupOf(field) {
  return order.find((group) => group !== 'own' && sharedFields[group].includes(field)) ?? 'own'
}
