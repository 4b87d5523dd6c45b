// Makes the package of a new service, and everything that has to know of it.
import { fileURLToPath } from 'node:url'
import { toldTo } from '../bootstrap/program.mjs'
import { runCommand } from '../pack/command.mjs'
import { createService, nextSteps, program, readService } from './create-service.mjs'
import { explainGrowth } from './workspace.mjs'

const docs = 'tooling/docs/docs.mjs'
const tokens = 'tooling/bench/tokens.mjs'
// What is left to do where a step failed.
const toEnd = '  npm run docs && npm run tokens -- --update hub && npm run evals -- --update'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param {{ name: string, kind: string }} asked */
async function main(asked) {
  const files = createService(root, asked)
  // A longer or shorter name breaks lines elsewhere.
  const formatted = files.filter((file) => /\.(?:ts|json)$/.test(file))
  const ready = await inOrder([
    ['oxfmt', ...formatted],
    ['pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile'],
    // First the lists that are compiled, then what is read out of the new service itself.
    ['node', docs, '--listings'],
    ['tsc', '-b'],
    ['node', docs],
  ])
  if (ready !== 0) return ready
  const { output } = await runCommand('node', [tokens], { cwd: root })
  explainGrowth(root, asked.name, output)
  const measured = await inOrder([
    // Not its own list: what the template's tools cost is nothing to hold its own to.
    ['node', tokens, '--update', 'hub'],
    ['node', 'tooling/evals/evals.mjs', '--update'],
  ])
  if (measured !== 0) return measured
  console.log(nextSteps(asked.name))
  return 0
}

/** @param {string[][]} commands */
async function inOrder(commands) {
  for (const [command = '', ...rest] of commands) {
    const { code, output } = await runCommand(command, rest, { cwd: root })
    if (code === 0) continue
    console.error(
      `${output.trimEnd()}\n${[command, ...rest.slice(0, 2)].join(' ')} failed (exit code ${code}); what was written so far stays. Once that is mended:\n${toEnd}`,
    )
    return code
  }
  return 0
}

const asked = toldTo(program, readService)
try {
  process.exitCode = await main(asked)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
