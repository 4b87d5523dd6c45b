import { posix } from 'node:path'
import { foundations } from './packages.mjs'
import { importsOf, type ImportSite, type SourceFile } from './source-file.mjs'

/** Packages that are themselves imported where they are needed: what they stand on may come with them. */
const eager = foundations.filter((name) => name !== 'core')

const entryPoints = [
  '@rackwarden/core',
  '@rackwarden/core/runtime',
  '@rackwarden/core/testing',
  '@rackwarden/server',
  '@rackwarden/server/cli',
  '@rackwarden/ssh',
  '@rackwarden/simlab',
]

/** Says which imports cross the layers of the house, one sentence each. */
export function layeringViolations(files: readonly SourceFile[], services: readonly string[]): string[] {
  return files.flatMap((file) =>
    importsOf(file.text).flatMap((site) => {
      const reason = whyForbidden(file.path, site, services)
      return reason === undefined ? [] : [`${file.path} imports ${site.specifier}: ${reason}`]
    }),
  )
}

function whyForbidden(path: string, site: ImportSite, services: readonly string[]): string | undefined {
  const [group = '', name = '', area = ''] = path.split('/')
  const { specifier } = site
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    if (!target.startsWith(`${group}/${name}/`)) return 'a package is entered by its name, not by a path'
    const isHeavy = area === 'src' && target.includes('/src/libraries/') && site.kind === 'static'
    return isHeavy ? 'it is loaded on first use, by a dynamic import' : undefined
  }
  if (area !== 'src') return isOurs(specifier) && specifier.includes('/src') ? 'nobody imports the sources of another package' : undefined
  if (!isOurs(specifier)) return mayLoad(name, path, site) ? undefined : 'it is loaded on first use, by a dynamic import'
  const known = [...entryPoints, ...services.map((service) => `@rackwarden/${service}`)]
  if (!known.includes(specifier)) return 'that is no entry point'
  if (specifier === '@rackwarden/core/testing') return 'that is for tests only'
  return mayImport(name, path, site, services) ? undefined : `${name} stands below or beside it`
}

function mayImport(name: string, path: string, { specifier, kind }: ImportSite, services: readonly string[]): boolean {
  const core = specifier.startsWith('@rackwarden/core')
  const service = services.some((candidate) => specifier === `@rackwarden/${candidate}`)
  const server = specifier === '@rackwarden/server'
  if (name === 'core') return false
  if (name === 'ssh' || name === 'server') return core
  if (name === 'simlab') return core || service
  // Commands of an application are written like those every bin has.
  if (name === 'hub')
    return core || service || server || specifier === '@rackwarden/server/cli' || (specifier === '@rackwarden/simlab' && kind !== 'static')
  if (specifier === '@rackwarden/ssh') return kind !== 'static'
  return core || (server && path.endsWith('/src/bin.ts'))
}

/** What costs start time is imported lazily by core and by services; types cost nothing. */
function mayLoad(name: string, path: string, { specifier, kind }: ImportSite): boolean {
  if (kind !== 'static' || specifier.startsWith('node:') || specifier === 'zod') return true
  return eager.includes(name) || path.startsWith('packages/core/src/testing') || path.includes('/src/libraries/')
}

function isOurs(specifier: string): boolean {
  return specifier === 'rackwarden' || specifier.startsWith('@rackwarden/')
}
