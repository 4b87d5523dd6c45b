// Loaded with `node --import`: compiles TypeScript sources and records every module the process resolves.
import { appendFileSync, readFileSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { transform } from 'esbuild'

if (isMainThread) register(import.meta.url, { data: process.env['RECORD_IMPORTS_TO'] })

let recordFile = ''

/** @type {import('node:module').InitializeHook<string>} */
export function initialize(file) {
  recordFile = file
}

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context)
  appendFileSync(recordFile, `${resolved.url}\n`)
  return resolved
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context)
  const { code } = await transform(readFileSync(fileURLToPath(url), 'utf8'), { loader: 'ts', target: 'node20.19' })
  return { format: 'module', source: code, shortCircuit: true }
}
