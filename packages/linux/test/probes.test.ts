import { openToolbox } from '@rackwarden/core/testing'
import { expect, test } from 'vitest'
import linux from '../src/index.ts'
import simulate from '../src/simulate.ts'

test.each([
  ['http://192.0.2.7:8123/', 'connect to 192.0.2.7 port 8123 failed'],
  ['https://[2001:db8::1]/', 'connect to 2001:db8::1 port 443 failed'],
  ['http://jellyfin.lan/', 'port 80 failed'],
])('a pretend host that cannot reach %s names what was asked for', async (url, said) => {
  const { config, connection } = await simulate({ hosts: { default: { hostname: 'nas' } } })
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const { read } = await openToolbox(linux, connection, { configuration: config })
  expect(await read('probe_http', { url })).toMatchObject({ error: expect.stringContaining(said) as string })
})
