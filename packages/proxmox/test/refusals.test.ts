import { describe, expect, test } from 'vitest'
import type { ProxmoxWorld } from '../src/index.ts'
import { refusalOf } from '../src/refusals.ts'
import { defaultWorld } from '../src/simulation/default-world.ts'
import { openCluster } from './cluster.ts'

const place = { kind: 'qemu', node: 'pve1', id: 102 } as const
const refused = async (status: number, statusText: string, body: unknown = { data: null }, path = '/api2/json/nodes/pve3/status') =>
  refusalOf(new Response(body === undefined ? null : JSON.stringify(body), { status, statusText }), path)

describe.each([8, 9] as const)('a refusal of version %i', (release) => {
  test('says which parameter is wrong, which right is missing and what does not exist', async () => {
    const { client, signal } = await openCluster({ release })
    await expect(client.guestConfig({ ...place, id: 777 }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining("Configuration file 'nodes/pve1/qemu-server/777.conf' does not exist"),
    })
    await expect(client.api.post('/nodes/pve1/qemu/102/snapshot', signal, { snapname: 'x', memory: 1 })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/snapname: .*memory: property is not defined/),
    })
    await expect(client.api.post('/nodes/pve2/qemu/118/status/stop', signal)).rejects.toMatchObject({
      code: 'conflict',
      message: 'Proxmox cannot do that now: VM is locked (backup).',
    })
    const narrow: Partial<ProxmoxWorld> = { release, tokens: { 'a@pve!b': { secret: 'cccccccc', rights: { '/vms': ['VM.Audit'] } } } }
    const other = await openCluster(narrow)
    await expect(other.client.power(place, 'stop', signal)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'The token lacks VM.PowerMgmt on /vms/102.',
    })
  })

  test('names the node that cannot be reached, and the one that is none', async () => {
    const pve3 = { ...(defaultWorld.nodes['pve3'] as object), offline: true } as never
    const { client, signal } = await openCluster({ release, nodes: { ...defaultWorld.nodes, pve3 } })
    await expect(client.nodeStatus('pve3', signal)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^The node pve3 .*No route to host/),
    })
    await expect(client.nodeStatus('pve9', signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no node pve9 in the cluster.',
    })
  })

  test('of a wrong token has no body, and says what to look at', async () => {
    const { connection, signal } = await openCluster({ release })
    const { connect } = await import('../src/client.ts')
    const client = await connect({ tokenId: 'rackwarden@pve!pretend', tokenSecret: 'wrong' }, connection)
    await expect(client.version(signal)).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'Proxmox does not accept the token (invalid token value!).',
    })
  })
})

test.each([
  [595, 'No route to host', 'unreachable', 'pve3'],
  [596, 'Connection timed out', 'unreachable', 'pve3'],
  [599, 'Too many redirections', 'unreachable', 'pve3'],
  [501, "Method 'GET /x' not implemented", 'not_found', '/nodes/pve3/status'],
  [500, "can't lock file '/var/lock/x' - got timeout", 'conflict', 'lock'],
  [500, 'detected modified configuration - file changed by other user? Try again.', 'conflict', 'modified'],
  [500, 'QEMU guest agent is not running', 'conflict', 'agent'],
  [500, 'something unheard of', 'upstream', 'something unheard of'],
  [503, 'Service Unavailable', 'upstream', 'Service Unavailable'],
  [403, 'Permission check failed', 'forbidden', 'Permission check failed'],
])('%i "%s" is told as %s', async (status, reason, code, said) => {
  expect(await refused(status, reason)).toMatchObject({ code, message: expect.stringContaining(said) })
  // From 9 on the body says it, too; the words of either count.
  expect(await refused(status, '', { data: null, message: `${reason}\n` })).toMatchObject({ code, message: expect.stringContaining(said) })
})

test('a refusal that is no JSON, has no words or breaks off is still one', async () => {
  expect(await refused(500, '', undefined)).toMatchObject({ code: 'upstream' })
  expect(await refused(401, '', undefined)).toMatchObject({ code: 'unauthorized' })
  expect(await refusalOf(new Response('<html>', { status: 502 }), '/x')).toMatchObject({ code: 'upstream' })
})
