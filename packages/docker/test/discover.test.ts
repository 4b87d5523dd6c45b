import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discover } from '../src/discover.ts'

test('a socket of this machine is found without connecting to it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-docker-'))
  let connections = 0
  const server = createServer(() => (connections += 1))
  const path = join(directory, 'docker.sock')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  try {
    const found = await discover({ XDG_RUNTIME_DIR: directory })
    // A machine that runs an engine of its own has it in the usual place.
    expect([`unix:///var/run/docker.sock`, `unix://${path}`]).toContain(found['default']?.['url'])
    expect(connections).toBe(0)
  } finally {
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true })
  }
})
