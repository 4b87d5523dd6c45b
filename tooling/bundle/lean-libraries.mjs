import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Programs speak English: the other forty languages of zod's messages stay out.
 * @type {import('esbuild').Plugin}
 */
const englishOnly = {
  name: 'english-only',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js'`,
    }))
  },
}

/**
 * The MCP SDK checks what a person answers with Ajv, which compiles its own schemas at start; the other validator it ships does not.
 * @type {import('esbuild').Plugin}
 */
const smallValidator = {
  name: 'small-validator',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /^@modelcontextprotocol\/(?:server|client)\/_shims$/ }, ({ path, resolveDir }) => ({
      path: path.replace('/_shims', ''),
      namespace: 'small-validator',
      pluginData: resolveDir,
    }))
    esbuild.onLoad({ filter: /./, namespace: 'small-validator' }, ({ path, pluginData }) => ({
      resolveDir: pluginData,
      contents: `
        export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '${path}/validators/cf-worker'
        export { default as process } from 'node:process'
        export const CORS_IS_POSSIBLE = false`,
    }))
  },
}

/** @type {import('esbuild').Plugin} */
const ownSources = {
  name: 'own-sources',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: lateOutputs(usedZod(await readFile(path, 'utf8'))),
      loader: 'ts',
    }))
  },
}

/**
 * `z` is an object of everything zod can do, parsing of JSON Schema included; as a namespace, only what is used of it stays.
 * @param {string} code
 */
function usedZod(code) {
  return code.replace(/^import \{ z \} from 'zod'$/m, `import * as z from 'zod'`)
}

/**
 * No list shows what a tool answers with, so that schema is made at its first answer; core reads it once.
 * @param {string} code As the formatter leaves it: what belongs to a property is indented, or closes it.
 */
export function lateOutputs(code) {
  return code.replaceAll(/^( +)output: (z\.object\(\{(?:[^\n]*|\n[^]*?^\1\}\))),$/gm, '$1get output() { return $2 },')
}

/**
 * The MCP SDK builds a zod schema for everything the protocol knows, a thousand of them, of which a server needs a quarter.
 * @type {import('esbuild').Plugin}
 */
const usedSchemas = {
  name: 'used-schemas',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /@modelcontextprotocol[\\/]core[\\/]dist[\\/](auth|schemas)-[^\\/]+\.mjs$/ }, async ({ path }) => ({
      contents: replaced(path, await readFile(path, 'utf8'), (code) => droppable(code)),
    }))
    esbuild.onLoad({ filter: /@modelcontextprotocol[\\/](?:server|client)[\\/]dist[\\/]src-[^\\/]+\.mjs$/ }, async ({ path }) => {
      const code = replaced(path, await readFile(path, 'utf8'), toldByMember)
      // A table of all of them, by name, for whoever wants to check one.
      const register = /^for \(const .*\) register\(key, .*\);$/gm
      return { contents: path.includes('server') ? replaced(path, code, (text) => text.replaceAll(register, '')) : code }
    })
  },
}

/** @type {Readonly<Record<string, string>>} */
const members = { ResultResponse: 'result', ErrorResponse: 'error', Request: 'method', Notification: 'method' }

/**
 * What kind of message it has, the SDK finds out by one failed parse after the other, each with an error nobody reads; what lacks the
 * member its kind is known by need not be parsed to be none of it.
 * @param {string} code
 */
export function toldByMember(code) {
  return code.replaceAll(/^(const isJSONRPC(\w+) = \(value\) => )(\w+\.safeParse\(value\)\.success;)$/gm, (whole, head, kind, parse) =>
    members[kind] === undefined ? whole : `${head}value?.${members[kind]} !== undefined && ${parse}`,
  )
}

/**
 * Marks each schema made at the top of a module as one that may be left out where nobody uses it.
 * @param {string} code As a bundler prints it: what belongs to a statement is indented, or closes it.
 */
export function droppable(code) {
  return code.replaceAll(
    /^const (\w+) = ((?:z|\w+Schema)\.[^]*?);\n(?![\t})])/gm,
    (_whole, name, value) => `const ${name} = /* @__PURE__ */ (() => ${value})();\n`,
  )
}

/**
 * @param {string} path
 * @param {string} code
 * @param {(code: string) => string} change
 */
function replaced(path, code, change) {
  const changed = change(code)
  if (changed === code) throw new Error(`${path} is not written as it was: see tooling/bundle/lean-libraries.mjs.`)
  return changed
}

/**
 * Of a library in CommonJS all of it is bundled, and one hands `require` on to a function, where no bundler finds what it asks for.
 * @type {import('esbuild').Plugin}
 */
const moduleForm = {
  name: 'module-form',
  setup: (esbuild) => {
    const asked = Symbol('asked')
    esbuild.onResolve({ filter: /^(?:jsonc-parser|@opentelemetry\/[\w-]+)$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === asked) return undefined
      const found = await esbuild.resolve(path, { resolveDir, kind, pluginData: asked })
      const directory = found.path.slice(0, found.path.lastIndexOf(`node_modules/${path}/`) + `node_modules/${path}/`.length)
      /** @type {{ module?: string }} */
      const { module } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
      return { path: module === undefined ? found.path : join(directory, module), sideEffects: found.sideEffects }
    })
  },
}

/** What makes libraries as small at a start as their use here. */
export const leanLibraries = [englishOnly, smallValidator, ownSources, usedSchemas, moduleForm]
