import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { runCommand } from './command.mjs'
import { tarballOf } from './install-packed.mjs'
import { installationProblems, installedPackages } from './installed-packages.mjs'
import { entryPointsOf, root } from './public-packages.mjs'
import { installInto } from './strangers-folder.mjs'

/** @type {{ catalog: Record<string, string> }} */
const { catalog } = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))
/** @type {Record<string, string>} */
const compilers = { 'typescript-5': '5.9.3', 'typescript-7': catalog['typescript'] ?? '' }
const resolutions = { nodenext: { module: 'nodenext' }, bundler: { module: 'preserve', moduleResolution: 'bundler' } }

/**
 * Installs every package into one folder, compiles a program that uses each of their entry points, and runs it.
 * @param {string} folder
 * @param {import('./public-packages.mjs').PublicPackage[]} packages
 * @param {string} home Where they were packed.
 * @param {(name: string, problems: string[]) => void} report
 */
export async function compileConsumer(folder, packages, home, report) {
  const own = Object.fromEntries(packages.map((candidate) => [candidate.manifest.name, tarballOf(candidate, home)]))
  const others = ['zod', '@types/node', '@modelcontextprotocol/client', '@modelcontextprotocol/sdk', '@modelcontextprotocol/server']
  const installing = await installInto(folder, {
    ...own,
    ...Object.fromEntries(others.map((name) => [name, catalog[name] ?? ''])),
    ...Object.fromEntries(Object.entries(compilers).map(([alias, version]) => [alias, `npm:typescript@${version}`])),
  })
  report('all packages install side by side', [...installing, ...installationProblems(installedPackages(folder))])
  if (installing.length > 0) return

  cpSync(fileURLToPath(new URL('consumer', import.meta.url)), folder, { recursive: true })
  writeFileSync(join(folder, 'main.ts'), mainOf(packages))
  for (const [compiler, version] of Object.entries(compilers))
    for (const [name, resolution] of Object.entries(resolutions)) {
      const project = `tsconfig.${compiler}.${name}.json`
      writeFileSync(join(folder, project), JSON.stringify(projectOf(resolution, `out/${compiler}-${name}`)))
      const tsc = join(folder, 'node_modules', compiler, 'bin/tsc')
      const { code, output } = await runCommand(process.execPath, [tsc, '--project', project], { cwd: folder })
      report(`a consumer compiles with TypeScript ${version}, ${name}`, code === 0 ? [] : [output])
    }
  for (const compiler of Object.keys(compilers)) {
    const { code, output } = await runCommand(process.execPath, [`out/${compiler}-nodenext/main.js`], { cwd: folder })
    report(`a consumer compiled with ${compiler} runs`, code === 0 ? [] : [output])
  }
}

/**
 * The program that imports every entry point there is, and hands the services to what is written by hand.
 * @param {import('./public-packages.mjs').PublicPackage[]} packages
 */
function mainOf(packages) {
  const entries = packages.flatMap(({ manifest }) => entryPointsOf(manifest).map((entry) => join(manifest.name, entry)))
  const services = packages.filter(({ manifest }) => manifest.publishConfig?.bin !== undefined && '.' in (manifest.exports ?? {}))
  return [
    ...entries.map((entry, index) =>
      entry.endsWith('.json')
        ? `export { default as entry${index} } from '${entry}' with { type: 'json' }`
        : `export * as entry${index} from '${entry}'`,
    ),
    ...services.map(({ manifest }, index) => `import service${index} from '${manifest.name}'`),
    `import { use } from './use.js'`,
    `await use([${services.map((_, index) => `service${index}`).join(', ')}])`,
    '',
  ].join('\n')
}

/**
 * @param {object} resolution
 * @param {string} outDir
 */
function projectOf(resolution, outDir) {
  return {
    compilerOptions: {
      ...resolution,
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      resolveJsonModule: true,
      rootDir: '.',
      outDir,
    },
    include: ['*.ts'],
  }
}
