import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Names every foreign package whose file is in a bundle, with the text of its licence.
 * @param {string[]} files
 * @returns {Map<string, string>}
 */
export function noticesOf(files) {
  const directories = new Set(files.filter((file) => file.includes('/node_modules/')).flatMap(packageDirectory))
  return new Map([...directories].map(notice))
}

/**
 * @param {string} file
 * @returns {string[]}
 */
function packageDirectory(file) {
  for (let directory = dirname(file); directory !== dirname(directory); directory = dirname(directory)) {
    const manifest = join(directory, 'package.json')
    // A nested package.json may only say `type`; the package's own has a name and a version.
    if (existsSync(manifest) && 'version' in JSON.parse(readFileSync(manifest, 'utf8'))) return [directory]
  }
  return []
}

/**
 * @param {string} directory
 * @returns {[string, string]}
 */
function notice(directory) {
  /** @type {{ name: string, version: string, license?: string, licenses?: { type: string }[] }} */
  const {
    name,
    version,
    licenses,
    license = licenses?.map(({ type }) => type).join(' or ') ?? 'licence not named',
  } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const texts = readdirSync(directory)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(directory, file), 'utf8').trim())
  return [`${name} ${version}`, [`${name} ${version} (${license})`, ...texts].join('\n\n')]
}
