// Docker's tools in a program without any MCP server: look, plan, and confirm where the person at the terminal agrees.
import { createInterface } from 'node:readline/promises'
import { openService } from '@rackwarden/core/runtime'
import docker from '@rackwarden/docker'

const simulation = process.argv.includes('--demo') ? await (await docker.simulate()).default() : undefined
const service = await openService(docker, { tier: 'operate', simulation })

const sick = await service.call('needs_attention', { limit: 1 })
console.log(sick.text)

const plan = await service.call('restart_container', { container: 'api' })
console.log(plan.text)

if (plan.kind === 'plan') {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const agreed = await terminal.question('Run it? [y/N] ')
  terminal.close()
  if (agreed === 'y') {
    const done = await service.call('restart_container', { container: 'api', confirm: plan.plan.confirm })
    console.log(done.text)
  }
}

await service.close()
