import { fillDisk, startDockerEngine, startHostPair, startPrometheus } from '@rackwarden/lab'

// Starts what it is asked for, says where, and waits to be killed.
const [what] = process.argv.slice(2)
if (what === 'host') {
  const pair = await startHostPair()
  await fillDisk(pair.behind)
  console.log(pair.directory)
} else {
  console.log(what === 'docker' ? (await startDockerEngine()).directory : (await startPrometheus()).directory)
}
setInterval(() => undefined, 1000)
