import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'
import { leanLibraries } from './lean-libraries.mjs'
import { noticesOf } from './notices.mjs'

/**
 * @typedef {{ publishConfig?: { bin?: Record<string, string> }, dependencies?: Record<string, string> }} Manifest
 * @typedef {{ name: string, loader: string, source: string, installed?: string[] }} Entry `installed`: packages of ours beside it.
 * @typedef {{ inputs: string[], notices: Map<string, string> }} Contents
 * @typedef {Contents & { name: string, bytes: number, startBytes: number, files: number, notes: string[] }} Bundle
 */

const scope = '@rackwarden/'
const root = fileURLToPath(new URL('../..', import.meta.url))
const target = 'node20.19'
// ssh2's parser of private keys has it; it guards an argument that is an array here.
/** @type {Record<string, 'silent'>} */
const logOverride = { 'suspicious-boolean-not': 'silent' }

/**
 * The programs of a package: what its `publishConfig.bin` names, and the demo where there is one.
 * @param {string} directory
 * @returns {Entry[]}
 */
export function entriesOf(directory) {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const bins = Object.values(manifest.publishConfig?.bin ?? {}).map((file) => basename(file, '.cjs'))
  return [...bins, 'demo']
    .map((name) => ({
      name,
      loader: join(directory, 'dist', `${name}.cjs`),
      source: join(directory, 'src', `${name}.ts`),
      installed: Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith(scope)),
    }))
    .filter(({ source }) => existsSync(source))
}

/**
 * Makes one program: a loader, and beside it the code it starts with and a file for everything imported lazily.
 * esbuild splits ES modules only, so it splits those and each file is turned into CommonJS afterwards.
 * @param {Entry} entry
 * @returns {Promise<Bundle>}
 */
export async function bundleEntry({ name, loader, source, installed = [] }) {
  const outdir = join(dirname(loader), `${name}-chunks`)
  const result = await build({
    entryPoints: { main: source },
    absWorkingDir: root,
    outdir,
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    conditions: ['@rackwarden/source'],
    external: ['*.node'],
    plugins: [...leanLibraries, librariesBeside(installed)],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    logOverride,
  })
  const fresh = `${outdir}.${process.pid}`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  /** @type {Record<string, string>} */
  const hashes = {}
  const notes = []
  let bytes = 0
  for (const file of result.outputFiles) {
    const output = result.metafile.outputs[relative(root, file.path)]
    const wrapsCommonJs = output?.entryPoint !== undefined && result.metafile.inputs[output.entryPoint]?.format === 'cjs'
    const code = (await toCommonJs(file.text)) + (wrapsCommonJs ? namedExports : '')
    if (code.includes(fileUrlName)) notes.push(`${basename(file.path)} reads import.meta.url, which is its own address now`)
    hashes[basename(file.path)] = createHash('sha256').update(code).digest('hex').slice(0, 20)
    bytes += code.length
    writeFileSync(join(fresh, basename(file.path)), code)
  }
  rmSync(outdir, { recursive: true, force: true })
  renameSync(fresh, outdir)
  const program = readFileSync(new URL('loader.cjs', import.meta.url), 'utf8')
    .replace('__DIRECTORY__', basename(outdir))
    .replace('__HASHES__', JSON.stringify(hashes))
  writeFileSync(`${loader}.${process.pid}`, program, { mode: 0o755 })
  renameSync(`${loader}.${process.pid}`, loader)
  const start = startFiles(result.metafile.outputs, relative(root, join(outdir, 'main.cjs')))
  return {
    name,
    bytes,
    startBytes: start.reduce((sum, file) => sum + readFileSync(join(outdir, basename(file))).length, 0),
    files: result.outputFiles.length,
    notes,
    ...contentsOf(result.metafile, ['tooling/bundle/loader.cjs']),
  }
}

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {string[]} [others] What is put in besides.
 * @returns {Contents}
 */
function contentsOf(metafile, others = []) {
  const inputs = [...Object.keys(metafile.inputs), ...others].toSorted((a, b) => a.localeCompare(b))
  return { inputs, notices: noticesOf(inputs.map((input) => join(root, input))) }
}

const commonJsNames = `
import { createRequire as createRequireHere } from 'node:module'
import { dirname as dirnameOf } from 'node:path'
import { fileURLToPath as pathOf } from 'node:url'
const require = createRequireHere(import.meta.url), __filename = pathOf(import.meta.url), __dirname = dirnameOf(__filename)
`

/**
 * What a package has under src/libraries, which is shipped with it, not installed beside it.
 * @param {string} directory
 */
export function librariesOf(directory) {
  const sources = join(directory, 'src/libraries')
  if (!existsSync(sources)) return []
  return readdirSync(sources)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(sources, file))
}

/**
 * Puts libraries whole where tsc left only their names.
 * @param {string} directory
 * @returns {Promise<Contents>}
 */
export async function bundleLibraries(directory) {
  const files = librariesOf(directory)
  const result = await build({
    entryPoints: files,
    absWorkingDir: root,
    outdir: join(directory, 'dist/libraries'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target,
    external: ['*.node'],
    // A CommonJS library counts on what ES modules do not have.
    banner: { js: commonJsNames },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    logOverride,
  })
  for (const file of files) rmSync(join(directory, 'dist/libraries', basename(file).replace(/\.ts$/, '.js.map')), { force: true })
  return contentsOf(result.metafile)
}

/**
 * The libraries that packages installed beside a program ship are there once already.
 * @param {string[]} installed
 * @returns {import('esbuild').Plugin}
 */
const librariesBeside = (installed) => ({
  name: 'libraries-beside',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /\/libraries\/[\w-]+\.ts$/ }, ({ path, kind, resolveDir }) => {
      const file = join(resolveDir, path)
      const owner = installed.find((name) => file.startsWith(join(root, 'packages', name.slice(scope.length), 'src/libraries/')))
      if (kind !== 'dynamic-import' || owner === undefined) return undefined
      return { path: `${owner}/libraries/${basename(path, '.ts')}.js`, external: true }
    })
  },
})

const fileUrlName = '__fileUrl'

// A lazily imported CommonJS module has its names beside its default, as when Node imports it.
const namedExports = `
{
  const whole = module.exports.default
  const names = Object.defineProperty({}, '__esModule', { value: true })
  for (const name of Object.keys(Object(whole))) if (name !== 'default') Object.defineProperty(names, name, { enumerable: true, get: () => whole[name] })
  Object.defineProperty(names, 'default', { enumerable: true, value: whole })
  module.exports = names
}
`

// What esbuild makes of a static import whose names alone are used; a default or a whole namespace it wraps in a call.
const staticImport = /=\s*require\("(?=\.\/|node:)/g

/**
 * @param {string} code
 * @returns {Promise<string>}
 */
async function toCommonJs(code) {
  // What is run through a code cache may not import by itself.
  const imported = code.replaceAll(/\bimport\((?="@rackwarden\/[\w-]+\/libraries\/)/g, 'require.importModule(')
  const result = await transform(imported, {
    format: 'cjs',
    platform: 'node',
    target,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': fileUrlName },
    minify: true,
    // Node prints the line an uncaught error comes from.
    lineLimit: 160,
    legalComments: 'none',
    logLevel: 'warning',
    logOverride,
  })
  const head = result.code.includes(fileUrlName) ? `const ${fileUrlName}=require("node:url").pathToFileURL(__filename).href;` : ''
  return head + result.code.replaceAll(staticImport, '=require.defer("')
}

/**
 * The files a start reads: the entry and what it imports statically.
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {string[]}
 */
function startFiles(outputs, file, seen = new Set()) {
  if (seen.has(file) || outputs[file] === undefined) return [...seen]
  seen.add(file)
  for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') startFiles(outputs, path, seen)
  return [...seen]
}
