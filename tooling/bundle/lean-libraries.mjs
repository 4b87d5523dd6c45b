import { readFile } from 'node:fs/promises'

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
    esbuild.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ resolveDir }) => ({
      path: 'shims',
      namespace: 'small-validator',
      pluginData: resolveDir,
    }))
    esbuild.onLoad({ filter: /^shims$/, namespace: 'small-validator' }, ({ pluginData }) => ({
      resolveDir: pluginData,
      contents: `
        export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker'
        export { default as process } from 'node:process'`,
    }))
  },
}

/**
 * `z` is an object of everything zod can do, parsing of JSON Schema included; as a namespace, only what is used of it stays.
 * @type {import('esbuild').Plugin}
 */
const usedZod = {
  name: 'used-zod',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^import \{ z \} from 'zod'$/m, `import * as z from 'zod'`),
      loader: 'ts',
    }))
  },
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
    // A table of all of them, by name, for whoever wants to check one.
    esbuild.onLoad({ filter: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[^\\/]+\.mjs$/ }, async ({ path }) => ({
      contents: replaced(path, await readFile(path, 'utf8'), (code) => code.replaceAll(/^for \(const .*\) register\(key, .*\);$/gm, '')),
    }))
  },
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

/** What makes libraries as small at a start as their use here. */
export const leanLibraries = [englishOnly, smallValidator, usedZod, usedSchemas]
