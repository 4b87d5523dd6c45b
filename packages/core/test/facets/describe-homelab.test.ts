import { ToolError } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { openShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const blotted = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .split('\n')
    .slice(1, -1)
    .join('\n')

test('a census tells every part as deep as it is asked, and what nobody can see', async () => {
  const { call } = await openShelves({ north: createShelf({ lamp: 'broken' }), south: createShelf({ cup: 'full' }) })
  expect(blotted((await call('describe_homelab', { depth: 'status' })).text)).toMatchInlineSnapshot(`
    "census at …, depth status
    storage: 2 (1 broken, 1 ok)
    not seen by any configured service: node, containers, vms, services, network, tailscale"
  `)
  expect(blotted((await call('describe_homelab', { section: 'storage' })).text)).toMatchInlineSnapshot(`
    "census at …, depth summary
    nothing changed since …
    storage: 2 (1 broken, 1 ok)
    target | state | bytes
    shelf@north/entry/lamp | broken | 6
    shelf@south/entry/cup | ok | 4"
  `)
  expect((await call('describe_homelab', { depth: 'full' })).text).toContain('target | state | bytes | value')
})

test('what is new, gone or different since the last census is marked, and who cannot be asked is not called gone', async () => {
  const shelves = { north: createShelf({ lamp: 'on', vase: 'blue' }), south: createShelf({ cup: 'full' }) }
  const { call } = await openShelves(shelves)
  await call('describe_homelab')
  shelves.north.entries.delete('vase')
  shelves.north.entries.set('lamp', 'broken')
  shelves.north.entries.set('book', 'open')
  shelves.south.failure = new ToolError('unreachable', 'gone fishing')
  const second = await call('describe_homelab')
  expect(second).toMatchObject({
    kind: 'done',
    output: {
      changes: [
        '+ shelf@north/entry/book',
        '- shelf@north/entry/vase',
        '~ shelf@north/entry/lamp bytes: 2 → 6',
        '~ shelf@north/entry/lamp state: ok → broken',
        '~ shelf@north/entry/lamp value: on → broken',
      ],
      errors: [{ service: 'shelf', instance: 'south', error: 'unreachable: gone fishing' }],
    },
  })
  shelves.south.failure = undefined
  expect(await call('describe_homelab')).toMatchObject({ output: { changes: [] } })
})

test('a secret in a census is withheld from the answer, from the record of it and from the next comparison', async () => {
  const shelf = createShelf({ note: 'hunter2-hunter2' })
  const { call, catalogue } = await openShelves({ main: shelf })
  catalogue.runtime.secrets.add('hunter2-hunter2')
  const result = await call('describe_homelab', { depth: 'full' })
  expect(result).toMatchObject({ output: { redactions: 1 } })
  expect(JSON.stringify(result)).not.toContain('hunter2')
  expect(await catalogue.runtime.store.read('census/last.json')).not.toContain('hunter2')
})
