// Recreates a container over the socket given, in a process that can be killed: node test/recreate-in-a-process.mjs <socket> <container>
import { openSimulatedLab } from '@rackwarden/core/testing'
import docker from '../dist/index.js'

const [, , socketPath, container] = process.argv
const lab = await openSimulatedLab(docker, { configuration: { url: `unix://${socketPath}` } })
const planned = await lab.call('recreate_container', { container })
process.stdout.write(`${lab.stateDirectory}\n`)
const result = await lab.call('recreate_container', { container, confirm: planned.plan.confirm })
process.stdout.write(`${JSON.stringify(result)}\n`)
await lab.close()
