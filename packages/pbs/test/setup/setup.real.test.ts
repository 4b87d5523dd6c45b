import { accessLevels } from '@rackwarden/core'
import { requireComponent } from '@rackwarden/lab'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { givenTo } from '../../src/setup/given.ts'
import { createHome, startMachine, type Machine, type MachineState } from './machine.ts'

const missing = requireComponent('sshd')
const file = '.config/rackwarden/rackwarden.yaml'
const tools = promisify(execFile)
const kept = ({ users, acl }: MachineState) => ({ users, acl })
const acknowledged = { RACKWARDEN_ADMIN: 'I-understand-the-assistant-can-break-this-lab' }
const entriesOf = ({ acl }: MachineState, who: string) =>
  acl.flatMap(({ ugid, path, roleid }) => (ugid === who ? [`${roleid} on ${path}`] : [])).toSorted()

/** Runs a printed script as somebody would who pastes it. */
async function pasted({ programs }: Machine, output: string): Promise<string> {
  const script = output.slice(output.indexOf('(\nset -eu'), output.lastIndexOf('\n)') + 2)
  const { stdout } = await tools('sh', ['-c', script], { env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` } })
  return /^rackwarden .*$/m.exec(stdout)?.[0] ?? ''
}

describe.skipIf(missing !== undefined)('setup of a backup server', () => {
  test('goes through every tier over SSH, each time with exactly its roles, and is taken away without a trace', async () => {
    const machine = await startMachine()
    const home = await createHome(machine, acknowledged)
    for (const tier of [...accessLevels, 'observe'] as const) {
      const ran = await home.setup('--host', machine.url, '--tier', tier)
      expect(ran).toMatchObject({ code: 0 })
      expect(ran.errors.startsWith('THE TIER IS ADMIN')).toBe(tier === 'admin')
      expect(ran.errors).not.toContain('error')
      expect(ran.output).toContain('refused there: to read the limits of its traffic')
      const state = await machine.state()
      const [token = '', ...others] = Object.keys(state.users['rackwarden@pbs']?.tokens ?? {})
      expect({ tier, token, others }).toEqual({ tier, token: expect.stringMatching(new RegExp(`^${tier}-[0-9a-f]{6}$`)), others: [] })
      const given = givenTo[tier].map(({ path, role }) => `${role} on ${path}`).toSorted()
      expect(entriesOf(state, 'rackwarden@pbs')).toEqual(given)
      expect(entriesOf(state, `rackwarden@pbs!${token}`)).toEqual(given)
      expect(await home.text(file)).toContain(`tokenId: rackwarden@pbs!${token}`)
      expect((await home.run('doctor')).output).toMatch(/ok +pbs +/)
    }
    expect(await home.run('call', 'list_datastores')).toMatchObject({ code: 0, output: expect.stringContaining('offsite') })
    expect(await home.setup('--remove')).toMatchObject({ code: 0, errors: '' })
    expect(kept(await machine.state())).toEqual({ users: {}, acl: [] })
    expect(await home.text(file)).not.toContain('pbs')
  })

  test('run again changes nothing', async () => {
    const machine = await startMachine()
    const home = await createHome(machine)
    await home.setup('--host', machine.url, '--tier', 'operate')
    const [state, text] = [kept(await machine.state()), await home.text(file)]
    const ran = await home.setup('--tier', 'operate')
    expect(ran).toMatchObject({ code: 0, errors: '', output: expect.stringContaining('exactly what operate needs') })
    expect([kept(await machine.state()), await home.text(file)]).toEqual([state, text])
  })

  test.each(['user create', 'acl update / Audit --auth-id rackwarden@pbs ', 'generate-token', 'RemoteAudit --auth-id rackwarden@pbs!'])(
    'takes back everything where %s fails',
    async (when) => {
      const machine = await startMachine({ failing: [{ when: when.trimEnd() }] })
      const home = await createHome(machine)
      const ran = await home.setup('--host', machine.url)
      expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('got timeout') })
      expect(kept(await machine.state())).toEqual({ users: {}, acl: [] })
      expect(await home.files()).not.toContain('rackwarden.yaml')
    },
  )

  test('SAYS LOUDLY that the server did not refuse, and takes the token back', async () => {
    const machine = await startMachine()
    const home = await createHome(machine)
    machine.isLenient = true
    const ran = await home.setup('--host', machine.url)
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('THE TARGET DID NOT REFUSE to verify backups') })
    expect(kept(await machine.state())).toEqual({ users: {}, acl: [] })
  })

  test('by a pasted script makes the same, at another tier again, and takes it away', async () => {
    const machine = await startMachine()
    const home = await createHome(machine)
    const paste = ['--host', machine.url, '--bootstrap', 'paste'] as const
    for (const tier of ['operate', 'observe'] as const) {
      const { output } = await home.setup(...paste, '--tier', tier)
      await writeFile(join(home.path, 'line'), await pasted(machine, output))
      expect(await home.setup(...paste, '--tier', tier, '--answer-file', 'line')).toMatchObject({ code: 0, errors: '' })
      const state = await machine.state()
      const [token = '', ...others] = Object.keys(state.users['rackwarden@pbs']?.tokens ?? {})
      expect(others).toEqual([])
      const given = givenTo[tier].map(({ path, role }) => `${role} on ${path}`).toSorted()
      expect(entriesOf(state, 'rackwarden@pbs')).toEqual(given)
      expect(entriesOf(state, `rackwarden@pbs!${token}`)).toEqual(given)
    }
    await pasted(machine, (await home.setup('--remove', '--bootstrap', 'paste')).output)
    expect(kept(await machine.state())).toEqual({ users: {}, acl: [] })
  })

  test('says of configure what comes with admin alone', async () => {
    const machine = await startMachine()
    const home = await createHome(machine)
    const ran = await home.setup('--host', machine.url, '--tier', 'configure', '--dry-run')
    expect(ran.output).toContain('here that is the right to delete it, too, and comes with admin')
    expect((await machine.state()).called).toEqual([])
  })
})
