// Makes the package of a new service, and everything that has to know of it.
import { fileURLToPath } from 'node:url'
import { runCommand } from '../pack/command.mjs'
import { createService, nextSteps, readArguments, usage } from './create-service.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string[]} args */
async function main(args) {
  const asked = readArguments(args)
  if ('refused' in asked) {
    console.error(`${asked.refused}\nUsage: ${usage}`)
    return 2
  }
  const files = createService(root, asked)
  // A longer or shorter name breaks lines elsewhere.
  const formatted = files.filter((file) => /\.(?:ts|json)$/.test(file))
  for (const [command, ...rest] of [
    ['oxfmt', ...formatted],
    ['pnpm', 'install', '--prefer-offline', '--no-frozen-lockfile'],
  ]) {
    const { code, output } = await runCommand(command ?? '', rest, { cwd: root })
    if (code === 0) continue
    console.error(`${output.trimEnd()}\n${command} failed (exit code ${code}); what was written so far stays.`)
    return code
  }
  console.log(nextSteps(asked.name))
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
