import { ToolError, type Connection } from '@rackwarden/core'
import { createConnection } from '@rackwarden/core/runtime'
import { createCertificate, serveHandler } from '@rackwarden/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/client.ts'
import { throughAnyNode } from '../src/entry-points.ts'
import proxmox from '../src/index.ts'
import { instanceOf } from '../src/simulate.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'

const nobody = () => Promise.reject(new ToolError('invalid_config', 'not here'))
const over = (fetch: Connection['fetch']): Connection => ({ fetch, exec: nobody, dial: nobody })
const dead = () => Promise.reject(new ToolError('unreachable', 'pve1 refused the connection.'))
const others = ['https://pve2:8006/', 'https://pve3:8006']

describe('a cluster reached through several nodes', () => {
  test('is asked through the next where the first is dead, and from then on there', async () => {
    const asked: string[] = []
    const ask = throughAnyNode(
      over(async (target) => {
        asked.push(target)
        return target.startsWith('https://pve2') ? Response.json({}) : dead()
      }),
      others,
    )
    await ask('/api2/json/version')
    await ask('/api2/json/nodes')
    expect(asked).toEqual(['/api2/json/version', 'https://pve2:8006/api2/json/version', 'https://pve2:8006/api2/json/nodes'])
  })

  test('is asked through the next where the first takes requests and does not answer', async () => {
    const gone: string[] = []
    const ask = throughAnyNode(
      over(async (target, options) => {
        if (target.startsWith('https://pve3')) return Response.json({ from: 'pve3' })
        return new Promise((_, reject) =>
          options?.signal?.addEventListener('abort', () => {
            gone.push(target)
            reject(new Error('left'))
          }),
        )
      }),
      others,
    )
    expect(await (await ask('/x')).json()).toEqual({ from: 'pve3' })
    expect(gone).toEqual(['/x', 'https://pve2:8006/x'])
  })

  test('sends a write once, to the node that answered last', async () => {
    const writes: string[] = []
    let isDead = false
    const ask = throughAnyNode(
      over(async (target, options) => {
        if (options?.method === 'POST') writes.push(target)
        return isDead ? dead() : Response.json({})
      }),
      others,
    )
    await ask('/read')
    isDead = true
    await expect(ask('/write', { method: 'POST' })).rejects.toMatchObject({ code: 'unreachable' })
    expect(writes).toEqual(['/write'])
  })

  test('says why the first did not answer where none does, and lets go at once where the caller does', async () => {
    await expect(throughAnyNode(over(dead), others)('/x')).rejects.toMatchObject({ message: 'pve1 refused the connection.' })
    const leave = new AbortController()
    const hanging = throughAnyNode(
      over(
        async (_, options) =>
          new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('left')))),
      ),
      others,
    )('/x', { signal: leave.signal })
    leave.abort()
    await expect(hanging).rejects.toThrow('left')
  })

  test('is well while its entry node is off, and says which is', async () => {
    const { pve1, pve2, pve3 } = defaultWorld.nodes as Record<'pve1' | 'pve2' | 'pve3', (typeof defaultWorld.nodes)[string]>
    const { instance } = instanceOf({ ...defaultWorld, entries: ['pve2', 'pve3'], nodes: { pve1: { ...pve1, offline: true }, pve2, pve3 } })
    const client = await proxmox.connect(instance.config, instance.connection as Connection)
    const { signal } = new AbortController()
    expect(await proxmox.health(client, { instance: 'default', signal })).toMatchObject({
      degraded: true,
      evidence: expect.stringContaining('2 of 3 nodes online, pve1 offline'),
    })
  })

  test('is reached over real sockets with the pins of each node, and no other certificate is trusted', async () => {
    const { instance } = instanceOf(defaultWorld)
    const certificate = createCertificate()
    const served = await serveHandler(
      async (request) => {
        const { pathname, search } = new URL(request.url)
        return (instance.connection as Connection).fetch(`${pathname}${search}`, { headers: request.headers })
      },
      { tls: certificate },
    )
    onTestFinished(async () => served.close())
    const values = { url: 'https://127.0.0.1:1', otherUrls: served.url, timeoutMs: 5_000 }
    const { signal } = new AbortController()
    const askWith = async (tlsFingerprint: string) => {
      const connection = createConnection({ ...values, tlsFingerprint }, { log: () => undefined })
      onTestFinished(async () => connection.close?.())
      const { tokenId, tokenSecret } = instance.config as { tokenId: string; tokenSecret: string }
      return (await connect({ ...values, tokenId, tokenSecret }, connection)).version(signal)
    }
    const other = `SHA256:${'AB:'.repeat(31)}AB`
    expect(await askWith(`${other}, SHA256:${certificate.fingerprint}`)).toMatchObject({ release: '9.1' })
    await expect(askWith(other)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('refuses further addresses that are none, or less guarded than the first', async () => {
    const given = { url: 'https://pve1:8006', tokenId: 'a@pve!b', tokenSecret: 'c' }
    await expect(connect({ ...given, otherUrls: 'pve2' }, over(dead))).rejects.toMatchObject({ code: 'invalid_config' })
    await expect(connect({ ...given, otherUrls: 'http://pve2:8006' }, over(dead))).rejects.toMatchObject({ code: 'invalid_config' })
  })
})
