import { requireComponent } from '@rackwarden/lab'
import { describe, expect, test } from 'vitest'
import { agentFor, createHome } from './setup/home.ts'
import { startNode } from './setup/node.ts'

const missing = requireComponent('sshd')
const file = '.config/rackwarden/rackwarden.yaml'

describe.skipIf(missing !== undefined)('setup over SSH', () => {
  test('makes user, role and token, proves it, and writes it down', async () => {
    const node = await startNode()
    const home = await createHome({ SSH_AUTH_SOCK: await agentFor(node) })
    const ran = await home.setup(node, undefined, '--yes', '--host', node.url, '--tier', 'observe', '--ssh-host-key', node.ssh.hostFingerprint())
    console.log(ran.output, '\n----\n', ran.errors)
    expect(ran.code).toBe(0)
    console.log(await home.text(file), await node.changes())
  })
})
