import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installedMegabytes, installPacked, packAll } from '../../pack/install-packed.mjs'
import { publicPackages } from '../../pack/public-packages.mjs'
import { sdkSource } from '../measure/sdk-source.mjs'

/**
 * What npm puts on a disk for each package: packed here, installed with npm into an empty folder, dependencies included.
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureSize({ add, attempt, home, peers }) {
  const folder = join(home, 'packed')
  mkdirSync(folder)
  const packages = publicPackages()
  await packAll(packages, folder)
  const reference = { reference: 'SDK v2 with zod', referenceValue: sdkSource().megabytes }
  for (const candidate of packages) {
    const { manifest } = candidate
    await attempt(`installed size of ${manifest.name}`, async () => {
      const { folder: installed, problems } = await installPacked(candidate, packages, folder)
      if (problems.length > 0) throw new Error(problems.join('\n'))
      const isService = manifest.publishConfig?.bin !== undefined && manifest.name.startsWith('@')
      const figure = isService ? 'size.service' : 'size.other'
      add(figure, { subject: manifest.name, value: installedMegabytes(installed), ...reference, judged: isService })
    })
  }
  for (const { name, directory } of peers.values()) add('size.other', { subject: name, value: installedMegabytes(directory), ...reference })
}
