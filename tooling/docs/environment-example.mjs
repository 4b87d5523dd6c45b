import { programVariables } from '@rackwarden/server'
import { variablesFor } from './variables.mjs'

/**
 * `.env.example`, whole.
 * @param {import('./workspace.mjs').Workspace} workspace
 */
export function environmentExample({ services }) {
  const inFiles = programVariables.filter(({ file }) => file === true).map(({ name }) => name)
  const head = `# Written by \`npm run docs\`. Every variable there is, each commented out; a service needs only its first.
# A secret is better kept in a file: give <NAME>_FILE=/path/of/it in the place of <NAME>. That works for ${inFiles.join(', ')}
# and for every variable of a service. Several targets of a service go into rackwarden.yaml: docs/architecture.md.`
  const own = programVariables.map(({ name, description, choices, ...rest }) =>
    entry({ name, aliases: [], description, choices, secret: rest.secret === true, default: rest.default }),
  )
  const ofServices = services.map(({ service }) => section(service.title, variablesFor(service).map(entry)))
  return `${[head, section('Rackwarden itself', own), ...ofServices].join('\n\n')}\n`
}

/**
 * @param {string} title
 * @param {readonly string[]} entries
 */
function section(title, entries) {
  return [`## ${title}`, ...entries].join('\n\n')
}

/** @param {Pick<import('./variables.mjs').Variable, 'name' | 'aliases' | 'description' | 'choices' | 'secret' | 'default'>} variable */
function entry({ name, aliases, description, choices, secret, default: preset = '' }) {
  const also = aliases.filter((alias) => !alias.includes('/'))
  const notes = [
    choices === undefined ? '' : ` One of ${choices.join(', ')}.`,
    secret ? ' Secret.' : '',
    also.length === 0 ? '' : ` Also read from ${also.join(', ')}.`,
  ]
  return `# ${description}${notes.join('')}\n#${name}=${preset}`
}
