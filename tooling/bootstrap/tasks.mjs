import { appendFileSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './child.mjs'
import { prepare } from './install.mjs'
import { nodeRelease } from './node-release.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const docsGenerator = 'tooling/docs/docs.mjs'

/**
 * @typedef {(args: string[], shell: Shell) => Promise<number>} Task
 * @typedef {object} Shell
 * @property {(command: string, args?: string[], options?: { foreground?: boolean, env?: NodeJS.ProcessEnv }) => Promise<number>} show Runs a command in view.
 * @property {(label: string, command: string, args?: string[]) => Promise<number>} quietly Runs one and shows its output only when it fails.
 */

/** @type {Record<string, Task>} */
const tasks = {
  // turbo runs the scripts `build` and `bundle` of the root, which come back here.
  build: (_args, { show, quietly }) =>
    insideTurbo()
      ? show('tsc', ['-b'])
      : quietly('build', 'turbo', ['run', '//#build', '//#bundle', '--output-logs=new-only', '--log-prefix=none']),
  bundle: (args, { show }) => show('node', ['tooling/bundle/bundle.mjs', ...args]),
  typecheck: (args, { show }) => show('tsc', ['-b', ...args]),
  lint: (args, { show }) => inOrder([() => show('oxlint', args), () => show('oxfmt', ['--check'])]),
  'test:unit': (args, shell) => inOrder([() => build(shell), () => shell.show('vitest', ['run', ...args, ...report('unit')])]),
  'test:real': (args, shell) =>
    inOrder([() => build(shell), () => shell.show('vitest', ['run', '--config', 'vitest.real.config.ts', ...args, ...report('real')])]),
  'test:packed': (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/pack/consume.mjs', ...args])]),
  // Other tasks under another release of Node: it comes first on PATH, so that all they start runs under it, too.
  'test:node': async ([release = '22', ...names], { show }) => {
    const PATH = [dirname(await nodeRelease(release)), process.env['PATH'] ?? ''].join(delimiter)
    const chosen = names.length === 0 ? ['test:unit', 'test:packed'] : names
    return inOrder(chosen.map((name) => () => show('node', ['tooling/bootstrap/run.mjs', name], { env: { PATH } })))
  },
  test: (args, shell) =>
    inGroups([
      ['types and bundles', () => build(shell)],
      ['lint', () => shell.quietly('lint', 'oxlint')],
      ['format', () => shell.quietly('format', 'oxfmt', ['--check'])],
      ['documents', () => shell.quietly('documents', 'node', [docsGenerator, '--check'])],
      ['unit tests', () => shell.show('vitest', ['run', ...args, ...report('unit')])],
      ['packages', () => shell.quietly('packages', 'node', ['tooling/pack/check.mjs'])],
      ['tokens', () => shell.quietly('tokens', 'node', ['tooling/bench/tokens.mjs', '--check'])],
      ['evals', () => shell.quietly('evals', 'node', ['tooling/evals/evals.mjs', '--check'])],
      ['unused code', () => shell.quietly('unused code', 'knip', ['--no-config-hints', '--no-progress'])],
    ]),
  docs,
  // Writes what models see anew, and prints what that changes for them.
  goldens: (args, { show }) => show('vitest', ['run', 'golden.test', ...args], { env: { RACKWARDEN_GOLDENS: 'update' } }),
  dev: async (_args, { show }) => {
    const watching = [
      show('tsc', ['-b', '--watch', '--preserveWatchOutput'], { foreground: true }),
      show('vitest', [], { foreground: true }),
    ]
    return Math.max(...(await Promise.all(watching)))
  },
  bench: (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/bench/bench.mjs', ...args])]),
  soak: (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/soak/soak.mjs', ...args])]),
  tokens: (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/bench/tokens.mjs', ...args])]),
  evals: (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/evals/evals.mjs', ...args])]),
  conformance: (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/conformance/conformance.mjs', ...args])]),
  demo: (args, { show, quietly }) =>
    inOrder([
      () => quietly('bundle', 'node', ['tooling/bundle/bundle.mjs', '--if-stale']),
      () => show('node', ['apps/hub/dist/demo.cjs', ...args]),
    ]),
  'create-service': (args, { show }) => show('node', ['tooling/create-service/main.mjs', ...args]),
  lab: (args, shell) =>
    inOrder([() => shell.quietly('build', 'tsc', ['-b', 'tooling/lab']), () => shell.show('node', ['tooling/lab/run.mjs', ...args])]),
  'release:plan': (args, shell) => inOrder([() => build(shell), () => shell.show('node', ['tooling/bundle/release-plan.mjs', ...args])]),
  'release:version': (_args, shell) =>
    inOrder([
      () => shell.show('changeset', ['version']),
      () => shell.show('pnpm', ['install', '--lockfile-only']),
      // The registry is told the versions of the packages.
      () => docs([], shell),
    ]),
  'release:publish': (_args, shell) => inOrder([() => build(shell), () => shell.show('changeset', ['publish'])]),
}

/**
 * Runs one task of the workspace and gives its exit code.
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export async function runTask(name, args) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined
  if (task === undefined) {
    console.error(`There is no task '${name}'. Tasks: ${Object.keys(tasks).join(' ')}`)
    return 2
  }
  try {
    const env = insideTurbo() ? process.env : { ...(await prepare(root)), TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
    return await task(args, shellWith(env))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Shell}
 */
function shellWith(env) {
  return {
    show: async (command, args = [], { foreground = false, env: own = {} } = {}) =>
      (await runChild(command, args, { cwd: root, env: { ...env, ...own }, foreground })).code,
    quietly: async (label, command, args = []) => {
      const { code, output } = await runChild(command, args, { cwd: root, env, captured: true })
      if (code !== 0) console.error(`${output.trimEnd()}\n${label} failed (exit code ${code}).`)
      return code
    },
  }
}

/** @param {Shell} shell */
function build(shell) {
  return Promise.resolve(tasks['build']?.([], shell) ?? 1)
}

/**
 * Needs what was compiled, not the programs: a list of services that changed comes into them with the next build.
 * @type {Task}
 */
function docs(args, shell) {
  return inOrder([() => shell.quietly('types', 'tsc', ['-b']), () => shell.show('node', [docsGenerator, ...args])])
}

function insideTurbo() {
  return process.env['TURBO_HASH'] !== undefined
}

/**
 * @param {(() => Promise<number>)[]} steps
 * @returns {Promise<number>}
 */
async function inOrder(steps) {
  for (const step of steps) {
    const code = await step()
    if (code !== 0) return code
  }
  return 0
}

/**
 * Runs named groups up to the first that fails and sums them up.
 * @param {[string, () => Promise<number>][]} groups
 * @returns {Promise<number>}
 */
async function inGroups(groups) {
  /** @type {string[]} */
  const lines = []
  let result = 0
  for (const [name, group] of groups) {
    if (result !== 0) {
      lines.push(`  ${name.padEnd(20)} not run`)
      continue
    }
    const start = Date.now()
    result = await group()
    const line = `  ${name.padEnd(20)} ${result === 0 ? 'ok' : 'FAILED'}  ${((Date.now() - start) / 1000).toFixed(1)} s`
    lines.push(line)
    if (name !== 'unit tests') recordCheck(name, result)
    if (result === 0) console.log(line)
  }
  console.log(`\n${lines.join('\n')}`)
  return result
}

/**
 * Asks vitest for a report beside what it prints, where the caller wants to count.
 * @param {string} name
 * @returns {string[]}
 */
function report(name) {
  const directory = process.env['RACKWARDEN_REPORTS']
  return directory === undefined ? [] : ['--reporter=default', '--reporter=json', `--outputFile.json=${join(directory, `${name}.json`)}`]
}

/**
 * @param {string} name
 * @param {number} code
 */
function recordCheck(name, code) {
  const directory = process.env['RACKWARDEN_REPORTS']
  if (directory === undefined) return
  mkdirSync(directory, { recursive: true })
  appendFileSync(join(directory, 'checks.jsonl'), `${JSON.stringify({ name, status: code === 0 ? 'passed' : 'failed' })}\n`)
}
