import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'oxfmt'
import { formsOf } from '../create-service/names.mjs'
import { serviceNames } from '../structure/packages.mjs'

const notice = '// Written by `npm run docs` from the packages there are.'
/** @type {import('oxfmt').FormatOptions} */
const style = JSON.parse(readFileSync(fileURLToPath(new URL('../../.oxfmtrc.json', import.meta.url)), 'utf8'))

/**
 * The sources that list every service of a workspace; they need nothing built.
 * @param {string} root
 * @returns {Promise<Map<string, string>>}
 */
export async function listings(root) {
  const names = serviceNames(root)
  const written = { 'apps/hub/src/services.ts': hubServices(names), 'packages/simlab/src/residents.ts': labResidents(names) }
  return new Map(
    await Promise.all(Object.entries(written).map(async ([path, text]) => /** @type {const} */ ([path, await formatted(path, text)]))),
  )
}

/**
 * A generated source as the formatter leaves it, so that formatting makes no difference.
 * @param {string} path
 * @param {string} text
 */
export async function formatted(path, text) {
  const { code, errors } = await format(join('/', path), text, style)
  if (errors.length > 0) throw new Error(`${path} cannot be formatted: ${errors[0]?.message}`)
  return code
}

/** @param {readonly string[]} names */
function hubServices(names) {
  const imports = names.map((name) => `import ${identifierOf(name)} from '@rackwarden/${name}'`)
  return `${notice}
import type { Service } from '@rackwarden/core'
${imports.join('\n')}

/** Every service the hub can mount. */
export const services: readonly Service[] = [${names.map(identifierOf).join(', ')}]
`
}

/** @param {readonly string[]} names */
function labResidents(names) {
  const loads = names.map((name) => `  ${identifierOf(name) === name ? name : `'${name}'`}: () => import('@rackwarden/${name}'),`)
  return `${notice}
import type { Service } from '@rackwarden/core'

/** Every service by its name, loaded when asked for: a hub that mounts one does not pay for the others. */
export const residents: Readonly<Record<string, () => Promise<{ default: Service }>>> = {
${loads.join('\n')}
}
`
}

/** @param {string} name */
function identifierOf(name) {
  return formsOf(name)[1] ?? name
}
