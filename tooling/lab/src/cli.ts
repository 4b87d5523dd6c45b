import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { missingComponent } from './component.ts'
import { attachDockerEngine, startDockerEngine } from './docker-engine.ts'

const [action, component = 'docker'] = process.argv.slice(2)
const home = fileURLToPath(new URL('../../../.lab', import.meta.url))
const directory = `${home}/${component}`
const missing = missingComponent(component)

if ((action !== 'up' && action !== 'down') || missing !== undefined) {
  console.error(missing ?? 'usage: node tooling/lab/run.mjs up|down docker')
  process.exitCode = missing === undefined ? 2 : 1
} else if (action === 'down') {
  await attachDockerEngine(directory).down()
  console.log(`${component} is down`)
} else {
  mkdirSync(home, { recursive: true })
  const engine = await startDockerEngine({ directory, detached: true })
  await engine.importBusybox()
  console.log(`export DOCKER_HOST=unix://${engine.socketPath}`)
}
