// Packs every public package, installs each with npm into an empty folder the way a stranger would, and uses it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspectBin } from '../conformance/inspector.mjs'
import { runCommand } from './command.mjs'
import { askBin } from './ask-bin.mjs'
import { publicPackages } from './public-packages.mjs'
import { report } from './results.mjs'

const budgetMegabytes = 12
const home = mkdtempSync(join(tmpdir(), 'rackwarden-consume-'))
const packages = publicPackages()
try {
  for (const { directory } of packages) {
    const { code, output } = await runCommand('pnpm', ['pack', '--pack-destination', home], { cwd: directory })
    if (code !== 0) throw new Error(output)
  }
  for (const candidate of packages) report(...(await consume(candidate)))
} finally {
  rmSync(home, { recursive: true, force: true })
}

/**
 * @param {import('./public-packages.mjs').PublicPackage} candidate
 * @returns {Promise<[string, string[]]>}
 */
async function consume({ directory, manifest }) {
  const folder = join(home, manifest.name.replace(/\W+/g, '-'))
  mkdirSync(folder)
  const siblings = packages.filter(({ manifest: { name } }) => isNeeded(name, manifest))
  // What is not on the registry yet comes from the tarball beside it, for whoever asks for it.
  const overrides = Object.fromEntries(siblings.map((sibling) => [sibling.manifest.name, `file:${join(home, sibling.tarball)}`]))
  const own = packages.find((other) => other.directory === directory)
  const dependencies = { ...overrides, [manifest.name]: `file:${join(home, own?.tarball ?? '')}` }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies }))
  const { code, output } = await runCommand('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: folder,
  })
  if (code !== 0) return [`${manifest.name} installs with npm`, [output]]

  // The budget is for what is unpacked; what a file system makes of it in blocks is printed beside it.
  const megabytes = diskUse(folder, ['--apparent-size'])
  const bins = Object.keys(manifest.publishConfig?.bin ?? {})
  const problems =
    bins.length > 0 && megabytes > budgetMegabytes ? [`${megabytes.toFixed(1)} MB installed, the budget is ${budgetMegabytes} MB`] : []
  for (const entry of Object.keys(manifest.exports ?? {}).filter((key) => !key.endsWith('.json'))) {
    const specifier = join(manifest.name, entry)
    const imported = await runCommand(process.execPath, ['--input-type=module', '--eval', `await import('${specifier}')`], { cwd: folder })
    if (imported.code !== 0) problems.push(`import('${specifier}') fails: ${imported.output}`)
  }
  for (const bin of bins.map((name) => join(folder, 'node_modules/.bin', name)))
    problems.push(...(await askBin(bin, folder)), ...(await inspectBin(bin, folder)))
  return [`${manifest.name} installed by npm works (${megabytes.toFixed(1)} MB, ${diskUse(folder).toFixed(1)} MB in blocks)`, problems]
}

/**
 * @param {string} folder
 * @param {string[]} [options]
 */
function diskUse(folder, options = []) {
  return Number(execFileSync('du', ['-sk', ...options, 'node_modules'], { cwd: folder, encoding: 'utf8' }).split('\t')[0]) / 1024
}

/**
 * Whether a package is among the published dependencies of another, directly or through a third.
 * @param {string} name
 * @param {import('./public-packages.mjs').Manifest} manifest
 * @returns {boolean}
 */
function isNeeded(name, manifest) {
  return Object.keys(manifest.dependencies ?? {}).some((dependency) => {
    const next = packages.find((other) => other.manifest.name === dependency)
    return dependency === name || (next !== undefined && isNeeded(name, next.manifest))
  })
}
