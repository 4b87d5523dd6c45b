// Runs a task of the workspace with nothing but node and npm. Syntax and imports stay plain down to the
// version check, so that an old Node says what is wrong instead of failing to parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Rackwarden needs Node 20.19 or newer; this is ${process.version}.`)
  console.error('Install a current Node from https://nodejs.org or with your version manager, then try again.')
  process.exit(1)
}

const { runTask } = await import('./tasks.mjs')
const [task = '', ...rest] = process.argv.slice(2)
process.exitCode = await runTask(task, rest[0] === '--' ? rest.slice(1) : rest)
