import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installedMegabytes, installPacked, packAll } from '../../pack/install-packed.mjs'
import { publicPackages } from '../../pack/public-packages.mjs'
import { megabytesOf, sdkMegabytes } from '../measure/workspace-size.mjs'

/**
 * What each package brings onto a disk, dependencies included: as npm installs it, or, quickly, as this workspace has it.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureSize(bench) {
  const reference = { reference: 'SDK v2 with zod', referenceValue: sdkMegabytes() }
  if (bench.quick) weighed(bench, reference)
  else await installed(bench, reference)
}

/**
 * @param {import('../bench.mjs').Bench} bench
 * @param {{ reference: string, referenceValue: number }} reference
 */
function weighed({ add }, reference) {
  for (const { directory, manifest } of publicPackages().filter(isService))
    add('size.workspace', { subject: manifest.name, value: megabytesOf([directory]), ...reference, judged: true })
}

/**
 * Packed here, and installed with npm into an empty folder.
 * @param {import('../bench.mjs').Bench} bench
 * @param {{ reference: string, referenceValue: number }} reference
 */
async function installed({ add, attempt, home, peers }, reference) {
  const packed = join(home, 'packed')
  mkdirSync(packed)
  const packages = publicPackages()
  await packAll(packages, packed)
  for (const candidate of packages) {
    const { manifest } = candidate
    await attempt(`installed size of ${manifest.name}`, async () => {
      const { folder, problems } = await installPacked(candidate, packages, packed)
      if (problems.length > 0) throw new Error(problems.join('\n'))
      const judged = isService(candidate)
      add(judged ? 'size.service' : 'size.other', { subject: manifest.name, value: installedMegabytes(folder), ...reference, judged })
    })
  }
  for (const { name, directory } of peers.values()) add('size.other', { subject: name, value: installedMegabytes(directory), ...reference })
}

/** @param {import('../../pack/public-packages.mjs').PublicPackage} candidate */
function isService({ manifest }) {
  return manifest.publishConfig?.bin !== undefined && manifest.name.startsWith('@')
}
