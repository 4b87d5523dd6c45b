import { registryName } from '../docs/registry-name.mjs'

/** The fields of a package.json the house cares about. */
export interface Manifest {
  name?: string
  private?: boolean
  version?: string
  description?: string
  mcpName?: string
  keywords?: readonly string[]
  license?: string
  type?: string
  sideEffects?: boolean
  exports?: Record<string, unknown>
  files?: readonly string[]
  engines?: { node?: string }
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  publishConfig?: { access?: string; provenance?: boolean; bin?: Record<string, string>; exports?: Record<string, unknown> }
}

/** Says what a published package's manifest lacks, one phrase each. */
export function manifestViolations(manifest: Manifest, { directory, service }: { directory: string; service: boolean }): string[] {
  const published = manifest.publishConfig
  const name = directory === 'hub' ? 'rackwarden' : `@rackwarden/${directory}`
  const server = directory === 'hub' ? 'rackwarden' : service ? directory : undefined
  const bin = directory === 'hub' ? 'rackwarden' : `rackwarden-${directory}`
  const expectations: [boolean, string][] = [
    [manifest.name === name, `is named ${name}`],
    [manifest.version !== undefined && (manifest.description ?? '').endsWith('.'), 'has a version and a description that is a sentence'],
    [['mcp', 'homelab'].every((keyword) => manifest.keywords?.includes(keyword)), 'is found by the keywords mcp and homelab'],
    [
      manifest.mcpName === (server === undefined ? undefined : registryName(server)),
      server === undefined ? 'is no server, and has no mcpName' : `is ${registryName(server)} in the registry`,
    ],
    [manifest.license === 'MIT' && manifest.type === 'module' && manifest.sideEffects === false, 'is MIT, ESM and free of side effects'],
    [manifest.engines?.node === '>=20.19', 'runs on Node >=20.19'],
    [
      ['dist', '!dist/.tsbuildinfo'].every((file) => manifest.files?.includes(file)) && !manifest.files?.includes('src'),
      'ships dist alone',
    ],
    [published?.access === 'public' && published.provenance === true, 'is published publicly, with provenance'],
    [manifest.exports?.['./package.json'] === './package.json', 'exports its package.json'],
    [sameKeys(manifest.exports, published?.exports), 'publishes the entry points it exports'],
    [!JSON.stringify(published ?? {}).includes('@rackwarden/source'), 'never ships the source condition'],
    [allMatch(manifest, (key) => key.startsWith('@rackwarden/'), 'workspace:^'), 'depends on its siblings by workspace:^'],
    [allMatch(manifest, (key) => !key.startsWith('@rackwarden/'), 'catalog:'), 'takes foreign versions from the catalog'],
    [server === undefined || published?.bin?.[bin] === './dist/bin.cjs', `has the bin ${bin}`],
    [!service || manifest.dependencies?.['@rackwarden/server'] === undefined, 'bundles the server instead of depending on it'],
  ]
  return expectations.flatMap(([holds, expectation]) => (holds ? [] : [`${directory}: ${expectation}`]))
}

function sameKeys(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(Object.keys(one ?? {})) === JSON.stringify(Object.keys(other ?? {}))
}

function allMatch({ dependencies, devDependencies }: Manifest, applies: (key: string) => boolean, version: string): boolean {
  return Object.entries({ ...dependencies, ...devDependencies }).every(([key, value]) => !applies(key) || value === version)
}
