import { describe, expect, test } from 'vitest'
import { clients } from './clients.ts'
import { interop } from './interop.ts'
import { startLab } from './lab.ts'

describe.each(Object.entries(clients))('over HTTP, %s', (_, connect) => {
  interop(async () => connect({ url: (await startLab()).server.url }))

  test('sees one service alone under its own address', async () => {
    const { server } = await startLab()
    const client = await connect({ url: `${server.url}/lamp` })
    expect((await client.tools()).map(({ name }) => name)).toEqual(['count_steps', 'get_level', 'set_level'])
    expect(await client.call('get_whoami')).toMatchObject({ isError: true })
    await client.close()
  })

  test('gets structured results alone from an endpoint switched to them', async () => {
    const { server } = await startLab({ results: 'structured' })
    const client = await connect({ url: server.url })
    const listed = (await client.tools()).find(({ name }) => name === 'set_level')
    expect(listed?.outputSchema).toBeDefined()
    expect(await client.call('get_level')).toEqual({ text: '', isError: false, structured: { kind: 'done', output: { level: 1 } } })
    expect(await client.call('set_level', { level: 2 })).toMatchObject({
      text: '',
      structured: { kind: 'plan', plan: { tool: 'set_level' } },
    })
    await client.close()
  })
})
