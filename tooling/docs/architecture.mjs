import { upstreamKeys } from '@rackwarden/core/runtime'
import { packageDirectories, serviceNames } from '../structure/packages.mjs'
import { importsOf, readSources } from '../structure/source-file.mjs'
import { code, table } from './markdown.mjs'
import { sharedFields, variablesFor } from './variables.mjs'

/**
 * The packages and who imports whom, as a drawing. Services that import the same stand in one place.
 * @param {string} root
 */
export function packageGraph(root) {
  const services = serviceNames(root)
  const edges = packageDirectories(root).map((directory) => {
    const name = directory.split('/')[1] ?? ''
    return { name, imports: importsFrom(root, directory) }
  })
  const nodeOf = nodesOf(edges.filter(({ name }) => services.includes(name)))
  const nodes = new Map(edges.map(({ name }) => [nodeOf(name).id, nodeOf(name).label]))
  const lines = new Set(
    edges.flatMap(({ name, imports }) =>
      imports.map(({ target, lazy }) => `  ${nodeOf(name).id} ${lazy ? '-.->' : '-->'} ${nodeOf(target).id}`),
    ),
  )
  return ['```mermaid', 'flowchart TD', ...[...nodes].map(([id, label]) => `  ${id}["${label}"]`), ...lines, '```'].join('\n')
}

/** @typedef {{ target: string, lazy: boolean }} Import */

/**
 * What the sources of a package import of ours; what its program alone is bundled with, too. Types are not followed.
 * @param {string} root
 * @param {string} directory
 * @returns {Import[]}
 */
function importsFrom(root, directory) {
  const sites = readSources(root, [`${directory}/src`]).flatMap(({ text }) => importsOf(text))
  const ours = sites.flatMap(({ specifier, kind }) => {
    const [, target = ''] = /^@rackwarden\/([\w-]+)/.exec(specifier) ?? []
    return target === '' || kind === 'type' ? [] : [{ target, lazy: kind === 'dynamic' }]
  })
  return [...new Set(ours.map(({ target }) => target))]
    .toSorted()
    .map((target) => ({ target, lazy: ours.every((own) => own.target !== target || own.lazy) }))
}

/**
 * @param {readonly { name: string, imports: readonly Import[] }[]} services
 * @returns {(name: string) => { id: string, label: string }}
 */
function nodesOf(services) {
  const alike = (/** @type {readonly Import[]} */ imports) => JSON.stringify(imports)
  return (name) => {
    const imports = services.find((service) => service.name === name)?.imports
    const group =
      imports === undefined
        ? [name]
        : services.filter((service) => alike(service.imports) === alike(imports)).map((service) => service.name)
    return { id: (group[0] ?? name).replaceAll('-', '_'), label: group.join(', ') }
  }
}

/**
 * Which keys `rackwarden.yaml` may have, service by service.
 * @param {import('./workspace.mjs').Workspace} workspace
 */
export function configurationTable({ services }) {
  const shared = Object.entries(sharedFields)
  const rows = services.map(({ service }) => {
    const variables = variablesFor(service)
    const own = variables.filter(({ group }) => group === 'own').map(({ field, choices }) => fieldText(field, choices))
    const groups = shared.filter(([group]) => variables.some((variable) => variable.group === group)).map(([group]) => group)
    return [
      service.name,
      `${own.join(', ')}${groups.length === 0 ? '' : `; the ${groups.join(', ').replace(/, (\w+)$/, ' and $1')} fields`}`,
    ]
  })
  const groups = shared.map(([group, fields]) => [group, fields.map(code).join(', ')])
  return table(
    ['fields of', 'keys'],
    [
      ['the file', '`tier`, `expose`, `services`, `upstreams`, `docs`, `approval`, `protect`, `audit`, `limits`, `http`'],
      ['`http`', '`publicUrl`, `address`, `allowedHosts`, `allowedOrigins`, `trustProxy`'],
      ['`audit`', '`anchor` (`every`, and `command` or `syslog`), `retention` (`days`, `megabytes`)'],
      ['`limits`', '`callsPerMinute`, `callsAtOnce`, `callsWaiting`'],
      [
        'an upstream',
        [...upstreamKeys.both, ...upstreamKeys.program].map(code).join(', ') + '; or ' + upstreamKeys.address.map(code).join(', '),
      ],
      [
        'a service',
        '`tier`, `tools`, `toolsets`, `limits` (`callsAtOnce`, `callsWaiting`), and either `instances` or the fields of its one target',
      ],
      ...rows,
      ...groups,
    ],
  )
}

/**
 * @param {string} field
 * @param {readonly string[] | undefined} choices
 */
function fieldText(field, choices) {
  return choices === undefined ? code(field) : `${code(field)} (${choices.map(code).join(', ')})`
}
