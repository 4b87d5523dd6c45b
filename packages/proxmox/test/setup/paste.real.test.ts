import { requireComponent } from '@rackwarden/lab'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { privilegesFor } from '../../src/privileges.ts'
import { createHome } from './home.ts'
import { file, kept } from './lab.ts'
import { startNode, type PretendNode } from './node.ts'

const missing = requireComponent('sshd')
const tools = promisify(execFile)

describe.skipIf(missing !== undefined)('setup by a script that is pasted', () => {
  /** Runs the script as somebody would who pastes it, and gives the line it ends with. */
  async function pasted(node: PretendNode, output: string, shell = 'bash'): Promise<string> {
    const script = output.slice(output.indexOf('(\nset -eu'), output.lastIndexOf('\n)') + 2)
    const path = `${node.programs}:${process.env['PATH'] ?? ''}`
    const { stdout } = await tools(shell, ['-c', `${script}\necho still here`], { env: { PATH: path } })
    expect(stdout).toContain('still here')
    return /^rackwarden .*$/m.exec(stdout)?.[0] ?? ''
  }

  test.each([8, 9] as const)('makes the same on %i, asked for the line it ends with', async (release) => {
    const node = await startNode({ release })
    const home = await createHome()
    let line = ''
    const printed: string[] = []
    const ran = await home.setup(
      node,
      [
        [/^Tier of proxmox: observe, operate, configure \[observe\]/, 'operate'],
        [/^Address of a node of the cluster/, node.url],
        [/^The way in/, 'paste'],
        [/^Paste the line/, ''],
        [/^Paste the line/, async () => (line = await pasted(node, printed.join('\n')))],
        [/^Write it into a client/, ''],
      ],
      { printed },
    )
    expect(ran.code).toBe(0)
    expect(line).toContain('rackwarden rackwarden@pve!operate-')
    expect((await node.state()).roles).toEqual({ RackwardenOperate: privilegesFor('operate', release) })
    expect(await home.text(file)).toContain(`tlsFingerprint: SHA256:${node.certificate.fingerprint}`)
    const again = await home.setup(node, undefined, '--yes', '--bootstrap', 'paste', '--tier', 'operate')
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('is there, and exactly what operate needs') })
  })

  test('takes the line out of a file, changes the tier, and is taken away by a script again', async () => {
    const node = await startNode()
    const home = await createHome()
    const by = async (tier: string) => {
      const first = await home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste', '--tier', tier)
      expect(first).toMatchObject({ code: 1, errors: expect.stringContaining('--answer-file') })
      await writeFile(join(home.path, 'line'), `\n  ${await pasted(node, first.output, 'sh')}\n`)
      return home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste', '--tier', tier, '--answer-file', 'line')
    }
    expect(await by('configure')).toMatchObject({ code: 0 })
    expect(await by('observe')).toMatchObject({ code: 0 })
    const { users, roles, acl } = await node.state()
    expect(Object.keys(users['rackwarden@pve']?.tokens ?? {})).toEqual([expect.stringMatching(/^observe-/)])
    expect(Object.keys(roles)).toEqual(['RackwardenObserve'])
    expect(acl).toHaveLength(2)
    const removal = await home.setup(node, undefined, '--yes', '--remove', '--bootstrap', 'paste')
    expect(removal.code).toBe(0)
    await pasted(node, removal.output)
    expect(kept(await node.state())).toEqual({ users: {}, roles: {}, acl: [] })
    expect(await home.files()).not.toContain('proxmox-tokenSecret')
  })

  test('ends at what fails, leaves the shell open, and may be run again', async () => {
    const node = await startNode({ failing: [{ when: 'acl modify / --tokens' }] })
    const home = await createHome()
    const { output } = await home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste')
    expect(await pasted(node, output)).toBe('')
    await node.change((state) => (state.failing = []))
    const { output: second } = await home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste')
    expect(await pasted(node, second)).toContain('rackwarden rackwarden@pve!observe-')
  })

  test('says how to take a token back that is not refused what it should be', async () => {
    const node = await startNode()
    const home = await createHome()
    node.isLenient = true
    const first = await home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste')
    await writeFile(join(home.path, 'line'), await pasted(node, first.output))
    const ran = await home.setup(node, undefined, '--yes', '--host', node.url, '--bootstrap', 'paste', '--answer-file', 'line')
    expect(ran).toMatchObject({ code: 1, errors: expect.stringMatching(/THE TOKEN IS STILL THERE[^]*THE TARGET DID NOT REFUSE/) })
    await pasted(node, ran.output)
    expect(kept(await node.state())).toEqual({ users: {}, roles: {}, acl: [] })
    expect(await home.files()).not.toContain('rackwarden.yaml')
  })
})
