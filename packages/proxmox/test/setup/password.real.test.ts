import { requireComponent } from '@rackwarden/lab'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createHome } from './home.ts'
import { file, told } from './lab.ts'
import { startNode } from './node.ts'

const missing = requireComponent('sshd-password')
const tools = promisify(execFile)

describe.skipIf(missing !== undefined)('the password of root', () => {
  test('is asked for unseen, asked again where it is wrong, used once, and stands nowhere', async () => {
    const password = 'orchid-lantern-77'
    const node = await startNode({}, { password })
    const home = await createHome()
    const ran = await home.setup(
      node,
      [
        [/^Password of root@127.0.0.1:\d+, used once and kept nowhere/, 'not-the-password'],
        [/^Password of root/, password],
        [/^Do that, as root@/, 'y'],
        [/^Write it into a client/, ''],
      ],
      '--host',
      node.url,
      '--tier',
      'observe',
      '--bootstrap',
      'auto',
      '--ssh-host-key',
      node.ssh.hostFingerprint(),
    )
    expect(ran).toMatchObject({ code: 0, errors: expect.stringContaining('did not let') })
    expect(ran.output + ran.errors).not.toContain(password)
    const { stdout } = await tools('grep', ['-rl', password, home.path]).catch((error: { stdout: string }) => error)
    expect(stdout).toBe('')
    expect((await node.state()).called.join('\n')).not.toContain(password)
  })

  test('that is wrong in a file ends it, and so does a person who says no to what would be done', async () => {
    const password = 'orchid-lantern-77'
    const node = await startNode({}, { password })
    const home = await createHome()
    await writeFile(join(home.path, 'wrong'), 'not-the-password\n')
    await writeFile(join(home.path, 'right'), `${password}\n`)
    const wrong = await home.setup(node, undefined, ...told(node, 'observe'), '--password-file', 'wrong')
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('unauthorized') })
    const no = await home.setup(
      node,
      [[/^Do that/, 'n']],
      '--host',
      node.url,
      '--tier',
      'observe',
      '--bootstrap',
      'auto',
      '--ssh-host-key',
      node.ssh.hostFingerprint(),
      '--password-file',
      'right',
    )
    expect(no).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was done.') })
    expect(await node.changes()).toEqual([])
    expect(await home.setup(node, undefined, ...told(node, 'observe'), '--password-file', 'right')).toMatchObject({ code: 0 })
    expect(await readFile(join(home.path, file), 'utf8')).not.toContain(password)
  })
})
