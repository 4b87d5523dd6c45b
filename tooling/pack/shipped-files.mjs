import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * What is wrong with the files of a package as npm unpacked it.
 * @param {string} directory
 * @returns {string[]}
 */
export function shippedFileProblems(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((file) => !file.startsWith('node_modules/'))
  return [
    ...files
      .filter((file) => /(^|\/)(tests?|dist-test)\/|\.test\.|\.tsbuildinfo$/.test(file))
      .map((file) => `${file} is for developers only`),
    ...files.filter((file) => file.endsWith('.map')).flatMap((file) => missingSources(directory, file)),
    ...files.filter((file) => /\.(js|ts)$/.test(file)).flatMap((file) => missingMap(directory, file)),
  ]
}

/**
 * @param {string} directory
 * @param {string} file
 */
function missingSources(directory, file) {
  /** @type {{ sourceRoot?: string, sources: string[], sourcesContent?: string[] }} */
  const { sourceRoot = '', sources, sourcesContent } = JSON.parse(readFileSync(join(directory, file), 'utf8'))
  if (sourcesContent !== undefined) return []
  const missing = sources.filter((source) => !existsSync(join(directory, dirname(file), sourceRoot, source)))
  return missing.map((source) => `${file} points to ${source}, which is not shipped`)
}

/**
 * @param {string} directory
 * @param {string} file
 */
function missingMap(directory, file) {
  const [, map] = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(readFileSync(join(directory, file), 'utf8')) ?? []
  return map === undefined || existsSync(join(directory, dirname(file), map)) ? [] : [`${file} names ${map}, which is not shipped`]
}

/**
 * What the notices of a package leave out, or name without its being shipped.
 * @param {string} directory
 * @param {readonly string[]} inputs The files its bundles were made of.
 * @returns {string[]}
 */
export function noticeProblems(directory, inputs) {
  const file = join(directory, 'dist/THIRD-PARTY-NOTICES')
  const texts = existsSync(file) ? readFileSync(file, 'utf8').split(`\n\n${'-'.repeat(80)}\n\n`) : []
  const named = new Set(texts.map((text) => text.split(' (')[0] ?? ''))
  const contained = new Set(inputs.flatMap(packageAndVersion))
  return [
    ...[...contained]
      .filter((name) => !named.has(name))
      .map((name) => `THIRD-PARTY-NOTICES does not name ${name}, which is shipped inside`),
    ...[...named].filter((name) => !contained.has(name)).map((name) => `THIRD-PARTY-NOTICES names ${name}, which is not shipped inside`),
  ]
}

/**
 * Name and version of the package a file belongs to, from where pnpm puts it.
 * @param {string} input
 * @returns {string[]}
 */
function packageAndVersion(input) {
  const [, name, version] = /node_modules\/\.pnpm\/(@?[^@/]+)@([^/_(]+)/.exec(input) ?? []
  return name === undefined ? [] : [`${name.replace('+', '/')} ${version}`]
}
