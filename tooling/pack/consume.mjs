// Packs every public package, installs each with npm into an empty folder the way a stranger would, and uses it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toldTo } from '../bootstrap/program.mjs'
import { inspectBin } from '../conformance/inspector.mjs'
import { askBin } from './ask-bin.mjs'
import { codeCacheProblems } from './code-cache.mjs'
import { runCommand } from './command.mjs'
import { compileConsumer } from './compile.mjs'
import { installedMegabytes, installPacked, packAll } from './install-packed.mjs'
import { installationProblems, installedPackages } from './installed-packages.mjs'
import { entryPointsOf, publicPackages, root } from './public-packages.mjs'
import { report } from './results.mjs'
import { noticeProblems, shippedFileProblems } from './shipped-files.mjs'

toldTo({
  command: 'npm run test:packed',
  does: 'Packs every package, installs each with npm into an empty folder, looks through it and uses it.',
  options: {},
})
const budgetMegabytes = 12
const home = mkdtempSync(join(tmpdir(), 'rackwarden-consume-'))
const packages = publicPackages()
console.log(`Under Node ${process.version}:`)
try {
  await packAll(packages, home)
  for (const candidate of packages) report(...(await consume(candidate)))
  await compileConsumer(join(home, 'consumer'), packages, home, report)
} finally {
  rmSync(home, { recursive: true, force: true })
}

/**
 * @param {import('./public-packages.mjs').PublicPackage} candidate
 * @returns {Promise<[string, string[]]>}
 */
async function consume(candidate) {
  const { manifest } = candidate
  const { folder, problems: installing } = await installPacked(candidate, packages, home)
  if (installing.length > 0) return [`${manifest.name} installs with npm`, installing]

  // The budget is for what is unpacked; what a file system makes of it in blocks is printed beside it.
  const megabytes = installedMegabytes(folder)
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
  for (const entry of entryPointsOf(manifest).filter((key) => !key.endsWith('.json'))) {
    const specifier = join(manifest.name, entry)
    const imported = await runCommand(process.execPath, ['--input-type=module', '--eval', `await import('${specifier}')`], { cwd: folder })
    if (imported.code !== 0) problems.push(`import('${specifier}') fails: ${imported.output}`)
  }
  for (const bin of bins.map((name) => join(folder, 'node_modules/.bin', name)))
    problems.push(...(await askBin(bin, folder)), ...(await inspectBin(bin, folder)), ...(await codeCacheProblems(bin, folder)))
  const blocks = installedMegabytes(folder, 'blocks')
  return [`${manifest.name} installed by npm works (${megabytes.toFixed(1)} MB, ${blocks.toFixed(1)} MB in blocks)`, problems]
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
