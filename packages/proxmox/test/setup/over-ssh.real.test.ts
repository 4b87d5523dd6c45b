import { requireComponent } from '@rackwarden/lab'
import { createCertificate } from '@rackwarden/core/testing'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { privilegesFor } from '../../src/privileges.ts'
import { file, kept, openLab, secretFile, tokenIn, told } from './lab.ts'

const missing = requireComponent('sshd')

describe.skipIf(missing !== undefined)('setup over SSH', () => {
  test('makes user, role and token for exactly the tier, proves it, and writes it down', async () => {
    const { node, home } = await openLab()
    const ran = await home.setup(node, undefined, ...told(node, 'operate'), '--client', 'claude-code')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    const { users, roles, acl } = await node.state()
    const [token = ''] = Object.keys(users['rackwarden@pve']?.tokens ?? {})
    expect(token).toMatch(/^operate-[0-9a-f]{6}$/)
    expect(users['rackwarden@pve']?.tokens[token]).toMatchObject({ privsep: '1', comment: expect.stringMatching(/^Rackwarden on /) })
    expect(roles).toEqual({ RackwardenOperate: privilegesFor('operate', 9) })
    expect(acl.map(({ path, ugid, roleid }) => [path, ugid, roleid])).toEqual([
      ['/', 'rackwarden@pve', 'RackwardenOperate'],
      ['/', `rackwarden@pve!${token}`, 'RackwardenOperate'],
    ])
    expect(ran.output).toContain('refused there: to take a snapshot (The token lacks VM.Snapshot on /vms/999999999)')
    expect((await home.text(file)).replace(home.path, '<home>')).toBe(
      [
        '# Written by setup. Secrets stand in files of their own, named here as file:/path.',
        '',
        'tier: operate',
        'services:',
        '  proxmox:',
        '    tier: operate',
        `    url: ${node.url}`,
        `    tokenId: rackwarden@pve!${token}`,
        `    tokenSecret: file:<home>/${secretFile}`,
        `    tlsFingerprint: SHA256:${node.certificate.fingerprint}`,
        '',
      ].join('\n'),
    )
    const secret = users['rackwarden@pve']?.tokens[token]?.value ?? ''
    expect(await home.text(secretFile)).toBe(`${secret}\n`)
    expect([await home.mode(file), await home.mode(secretFile)]).toEqual(['600', '600'])
    expect(ran.output).not.toContain(secret)
    expect(JSON.parse(await home.text('.claude.json'))).toMatchObject({
      mcpServers: { 'rackwarden-proxmox': { command: '/usr/bin/node' } },
    })
    const doctor = await home.run(undefined, 'doctor')
    expect(doctor.output).toMatch(/ok +proxmox +the credential may operate .*, the tier is operate/)
    expect((await home.run(undefined, 'call', 'list_nodes')).output).toContain('pve1')
    expect((await home.run(undefined, 'audit')).output).toContain(`Made rackwarden@pve!${token}`)
  })

  test('is found out by doctor where it can do more than its tier since, and put right by running it again', async () => {
    const { node, home } = await openLab()
    await home.setup(node, undefined, ...told(node, 'observe'))
    await node.change((state) => void state.roles['RackwardenObserve']?.push('VM.PowerMgmt'))
    expect((await home.run(undefined, 'doctor')).output).toMatch(/warning +proxmox +the credential may operate .*, the tier is observe/)
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({ code: 0, errors: '' })
    expect((await node.state()).roles).toEqual({ RackwardenObserve: privilegesFor('observe', 9) })
    expect((await home.run(undefined, 'doctor')).output).toMatch(/ok +proxmox +the credential may observe/)
  })

  test('run again changes nothing, and proves it again', async () => {
    const { node, home } = await openLab()
    await home.setup(node, undefined, ...told(node, 'observe'))
    const [state, text] = [kept(await node.state()), await home.text(file)]
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 0, errors: '', output: expect.stringContaining('is there, and exactly what observe needs') })
    expect(ran.output).toContain('refused there: to start a guest')
    expect(kept(await node.state())).toEqual(state)
    expect(await home.text(file)).toBe(text)
  })

  test('run again at another tier replaces the token, revokes the old one and leaves nothing of its tier', async () => {
    const { node, home } = await openLab()
    await home.setup(node, undefined, ...told(node, 'configure'))
    const old = { id: await tokenIn(home), secret: (await home.text(secretFile)).trim() }
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 0, errors: '', output: expect.stringContaining(`Revoked: ${old.id}.`) })
    const { users, roles, acl } = await node.state()
    expect(Object.keys(users['rackwarden@pve']?.tokens ?? {})).toEqual([expect.stringMatching(/^observe-/)])
    expect(Object.keys(roles)).toEqual(['RackwardenObserve'])
    expect(acl.every(({ roleid }) => roleid === 'RackwardenObserve')).toBe(true)
    expect(acl).toHaveLength(2)
    expect(await home.text(file)).toContain('tier: observe')
    expect(await tokenIn(home)).not.toBe(old.id)
    expect((await home.files()).filter((name) => name.includes('tokenSecret'))).toHaveLength(1)
    expect(await home.run(undefined, 'call', 'list_nodes')).toMatchObject({ code: 0 })
    await writeFile(join(home.path, 'old'), old.secret)
    const values = ['--config', 'old.yaml'] as const
    await writeFile(
      join(home.path, 'old.yaml'),
      `services: { proxmox: { url: "${node.url}", tokenId: "${old.id}", tokenSecret: "file:${home.path}/old", tlsFingerprint: "${node.certificate.fingerprint}" } }\n`,
    )
    expect(await home.run(undefined, 'call', 'list_nodes', ...values)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('unauthorized'),
    })
  })

  test('run again after it was cut off revokes what nobody has the secret of', async () => {
    const { node, home } = await openLab()
    await home.setup(node, undefined, ...told(node, 'observe'))
    const { users } = await node.state()
    const comment = Object.values(users['rackwarden@pve']?.tokens ?? {})[0]?.comment ?? ''
    await node.change((state) => {
      state.users['rackwarden@pve']!.tokens['operate-000000'] = { value: 'lost', comment, privsep: '1' }
      state.roles['RackwardenOperate'] = ['VM.PowerMgmt']
      state.acl.push({ path: '/', ugid: 'rackwarden@pve!operate-000000', roleid: 'RackwardenOperate', type: 'token' })
      state.acl.push({ path: '/', ugid: 'rackwarden@pve', roleid: 'RackwardenOperate', type: 'user' })
    })
    const before = await tokenIn(home)
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 0, errors: '' })
    const after = await node.state()
    expect(Object.keys(after.users['rackwarden@pve']?.tokens ?? {})).toEqual([before.split('!')[1]])
    expect(Object.keys(after.roles)).toEqual(['RackwardenObserve'])
    expect(after.acl).toHaveLength(2)
  })

  test('leaves a role alone that somebody else has, and tokens that were not made from here unless it is told', async () => {
    const other = { value: 'theirs', comment: 'Rackwarden on elsewhere', privsep: '1' }
    const { node, home } = await openLab({
      users: { 'rackwarden@pve': { tokens: { 'configure-aaaaaa': other } }, 'rackwarden-nas@pve': { tokens: {} } },
      roles: { RackwardenConfigure: privilegesFor('configure', 9) },
      acl: [
        { path: '/', ugid: 'rackwarden-nas@pve', roleid: 'RackwardenConfigure', type: 'user', propagate: 1 },
        { path: '/', ugid: 'rackwarden@pve', roleid: 'RackwardenConfigure', type: 'user', propagate: 1 },
        { path: '/', ugid: 'rackwarden@pve!configure-aaaaaa', roleid: 'RackwardenConfigure', type: 'token', propagate: 1 },
      ],
    })
    const before = kept(await node.state())
    const refused = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(refused).toMatchObject({
      code: 1,
      errors: expect.stringContaining('not made from here: rackwarden@pve!configure-aaaaaa (Rackwarden on elsewhere)'),
    })
    expect(refused.errors).toContain('--user rackwarden-')
    expect(kept(await node.state())).toEqual(before)
    expect(await home.setup(node, undefined, ...told(node, 'observe'), '--revoke-others')).toMatchObject({ code: 0, errors: '' })
    const { users, roles, acl } = await node.state()
    expect(Object.keys(users['rackwarden@pve']?.tokens ?? {})).toEqual([expect.stringMatching(/^observe-/)])
    expect(Object.keys(roles)).toEqual(['RackwardenConfigure', 'RackwardenObserve'])
    expect(acl.filter(({ roleid }) => roleid === 'RackwardenConfigure').map(({ ugid }) => ugid)).toEqual(['rackwarden-nas@pve'])
  })

  test('gives the privileges of 8 their names of 8', async () => {
    const { node, home } = await openLab({ release: 8 }, { RACKWARDEN_ADMIN: 'I-understand-the-assistant-can-break-this-lab' })
    const ran = await home.setup(node, undefined, ...told(node, 'admin'))
    expect(ran).toMatchObject({ code: 0, errors: expect.stringContaining('THE TIER IS ADMIN') })
    expect((await node.state()).roles['RackwardenAdmin']).toContain('VM.Monitor')
    expect(ran.output).toContain('refused there: to read what the node could be updated by')
  })

  test('takes the certificate of the owner where there is one, and pins a renewed one when it is run again', async () => {
    const { node, home } = await openLab({ certificateFile: 'pveproxy-ssl.pem' })
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({ code: 0 })
    const text = await home.text(file)
    await writeFile(join(home.path, file), text.replace(node.certificate.fingerprint, createCertificate().fingerprint))
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({ code: 0 })
    expect(await home.text(file)).toBe(text)
  })

  test('with --dry-run prints every command, and does nothing', async () => {
    const { node, home } = await openLab()
    const ran = await home.setup(node, undefined, ...told(node, 'observe'), '--dry-run')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    for (const command of [
      'pveum user add rackwarden@pve',
      'pveum role add RackwardenObserve',
      'pveum user token add',
      'pveum acl modify / --tokens',
    ])
      expect(ran.output).toContain(command)
    expect(ran.output).toContain('ask for what observe forbids, which the target has to refuse')
    expect((await node.state()).called).toEqual([])
    expect((await home.files()).filter((name) => name.endsWith('.yaml') || name.includes('token'))).toEqual([])
  })

  test('with --remove takes all of it away, there and here, and the entry of the client with it', async () => {
    const { node, home } = await openLab({
      users: { 'me@pve': { tokens: {} } },
      acl: [{ path: '/vms', ugid: 'me@pve', roleid: 'PVEVMUser' }],
    })
    const before = kept(await node.state())
    await home.setup(node, undefined, ...told(node, 'configure'), '--client', 'claude-code')
    const dry = await home.setup(node, undefined, '--remove', '--yes', '--dry-run')
    expect(dry.output).toContain('pveum user delete rackwarden@pve')
    expect(Object.keys((await node.state()).users)).toContain('rackwarden@pve')
    const ran = await home.setup(node, undefined, '--remove', '--yes', '--ssh-host-key', node.ssh.hostFingerprint())
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(kept(await node.state())).toEqual(before)
    expect(await home.text(file)).not.toContain('proxmox')
    expect(await home.files()).not.toContain('proxmox-tokenSecret')
    expect(JSON.parse(await home.text('.claude.json'))).toEqual({ mcpServers: {} })
    expect(
      await home.setup(node, undefined, '--remove', '--yes', '--host', node.url, '--ssh-host-key', node.ssh.hostFingerprint()),
    ).toMatchObject({
      code: 0,
      output: expect.stringContaining('There is nothing of rackwarden@pve'),
    })
  })

  test('keeps what else stands in the file, and gives a second cluster a name of its own', async () => {
    const { node, home } = await openLab()
    await mkdir(dirname(join(home.path, file)), { recursive: true })
    const before =
      '# mine\ntier: configure\nservices:\n  # the old one\n  proxmox: { url: https://10.9.9.9:8006, tokenId: a@pve!b, tokenSecret: env:OLD, tier: configure } # keep\n'
    await writeFile(join(home.path, file), before)
    expect(await home.setup(node, undefined, ...told(node, 'observe'), '--instance', 'cabin')).toMatchObject({ code: 0 })
    const text = await home.text(file)
    expect(text).toContain('# mine\ntier: configure\n')
    expect(text).toContain('tier: configure')
    expect(text).toContain('default: { url: https://10.9.9.9:8006, tokenId: a@pve!b, tokenSecret: env:OLD }')
    expect(text).toContain('cabin:')
    expect(
      await home.setup(node, undefined, '--remove', '--yes', '--instance', 'cabin', '--ssh-host-key', node.ssh.hostFingerprint()),
    ).toMatchObject({ code: 0 })
    expect(await home.text(file)).not.toContain('cabin')
    expect(await home.text(file)).toContain('10.9.9.9')
  })
})
