// Packs every public package, installs each with npm into an empty folder the way a stranger would, and uses it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspectBin } from '../conformance/inspector.mjs'
import { askBin } from './ask-bin.mjs'
import { codeCacheProblems } from './code-cache.mjs'
import { runCommand } from './command.mjs'
import { compileConsumer } from './compile.mjs'
import { installationProblems, installedPackages } from './installed-packages.mjs'
import { packInto, publicPackages, root } from './public-packages.mjs'
import { report } from './results.mjs'
import { noticeProblems, shippedFileProblems } from './shipped-files.mjs'
import { installInto } from './strangers-folder.mjs'

const budgetMegabytes = 12
const home = mkdtempSync(join(tmpdir(), 'rackwarden-consume-'))
const packages = publicPackages()
console.log(`Under Node ${process.version}:`)
try {
  for (const candidate of packages) {
    const packing = await packInto(home, candidate)
    if (packing.length > 0) throw new Error(packing.join('\n'))
  }
  for (const candidate of packages) report(...(await consume(candidate)))
  await compileConsumer(join(home, 'consumer'), packages, tarballOf, report)
} finally {
  rmSync(home, { recursive: true, force: true })
}

/**
 * @param {import('./public-packages.mjs').PublicPackage} candidate
 * @returns {Promise<[string, string[]]>}
 */
async function consume({ manifest }) {
  const folder = join(home, manifest.name.replace(/\W+/g, '-'))
  // What is not on the registry yet comes from the tarball beside it, for whoever asks for it.
  const needed = packages.map((other) => other.manifest.name).filter((name) => name === manifest.name || isNeeded(name, manifest))
  const installing = await installInto(folder, Object.fromEntries(needed.map((name) => [name, tarballOf(name)])))
  if (installing.length > 0) return [`${manifest.name} installs with npm`, installing]

  // The budget is for what is unpacked; what a file system makes of it in blocks is printed beside it.
  const megabytes = diskUse(folder, ['--apparent-size'])
  const bins = Object.keys(manifest.publishConfig?.bin ?? {})
  const unpacked = join(folder, 'node_modules', manifest.name)
  const problems = [
    ...(bins.length > 0 && megabytes > budgetMegabytes
      ? [`${megabytes.toFixed(1)} MB installed, the budget is ${budgetMegabytes} MB`]
      : []),
    ...installationProblems(installedPackages(folder)),
    ...shippedFileProblems(unpacked),
    ...noticeProblems(unpacked, shippedInside(manifest.name)),
  ]
  for (const entry of Object.keys(manifest.exports ?? {}).filter((key) => !key.endsWith('.json'))) {
    const specifier = join(manifest.name, entry)
    const imported = await runCommand(process.execPath, ['--input-type=module', '--eval', `await import('${specifier}')`], { cwd: folder })
    if (imported.code !== 0) problems.push(`import('${specifier}') fails: ${imported.output}`)
  }
  for (const bin of bins.map((name) => join(folder, 'node_modules/.bin', name)))
    problems.push(...(await askBin(bin, folder)), ...(await inspectBin(bin, folder)), ...(await codeCacheProblems(bin, folder)))
  return [`${manifest.name} installed by npm works (${megabytes.toFixed(1)} MB, ${diskUse(folder).toFixed(1)} MB in blocks)`, problems]
}

/** @param {string} name */
function tarballOf(name) {
  const found = packages.find(({ manifest }) => manifest.name === name)
  return `file:${join(home, found?.tarball ?? '')}`
}

/**
 * The files a package's bundles were made of, as the bundler recorded them.
 * @param {string} name
 * @returns {string[]}
 */
function shippedInside(name) {
  try {
    return JSON.parse(readFileSync(join(root, 'tooling/bundle/dist', `${name.replace('/', '-')}.json`), 'utf8')).inputs
  } catch {
    return []
  }
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
