import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer } from '@modelcontextprotocol/server'
import docker from '@rackwarden/docker'
import { registerTools, type ToolHost } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from './places.ts'

const servers: Record<string, () => ToolHost> = {
  'a v1 server': () => new OldServer({ name: 'host', version: '1' }),
  'a v2 server': () => new McpServer({ name: 'host', version: '1' }),
}

async function options() {
  return {
    environment: {},
    stateDirectory: temporaryDirectory(),
    log: () => undefined,
    simulation: await (await docker.simulate()).default(),
  }
}

/** The names a server has, which neither line tells before a client asks. */
function namesOn(server: ToolHost): string[] {
  const { _registeredTools: registered } = server as unknown as { _registeredTools: object }
  return Object.keys(registered)
}

describe.for(Object.keys(servers))('on %s', (kind) => {
  test('the tools are prefixed with the name of their service, those of the tier and no others', async () => {
    const server = servers[kind]!()
    const observing = await registerTools(server, docker, { ...(await options()), prefix: undefined })
    onTestFinished(() => observing.close())
    expect(observing.names).toContain('docker_list_containers')
    expect(observing.names).not.toContain('docker_restart_container')
    expect(namesOn(server)).toEqual(observing.names)
  })

  test('a name that is taken is refused, with what to do, and nothing was added', async () => {
    const server = servers[kind]!()
    const first = await registerTools(server, docker, { ...(await options()), only: ['list_containers', 'list_images'] })
    onTestFinished(() => first.close())
    const before = namesOn(server)
    await expect(registerTools(server, docker, await options())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^The server already has a tool 'docker_\w+'; none of Docker was added\.$/) as string,
      hint: "Give another 'prefix'.",
    })
    expect(namesOn(server)).toEqual(before)
    const second = await registerTools(server, docker, { ...(await options()), prefix: 'other_' })
    onTestFinished(() => second.close())
    expect(namesOn(server)).toEqual([...before, ...second.names])
  })

  test('what was added is taken away again, and can be added anew', async () => {
    const server = servers[kind]!()
    const first = await registerTools(server, docker, await options())
    await first.close()
    await first.close()
    expect(namesOn(server)).toEqual([])
    const second = await registerTools(server, docker, await options())
    onTestFinished(() => second.close())
    expect(namesOn(server)).toEqual(second.names)
  })
})
