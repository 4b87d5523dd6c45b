import { requireComponent } from '@rackwarden/lab'
import { createCertificate } from '@rackwarden/core/testing'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kept, openLab, told } from './lab.ts'

const missing = requireComponent('sshd')

describe.skipIf(missing !== undefined)('setup over SSH that fails', () => {
  test('takes back everything where a command fails, whichever it is', async () => {
    const whens = ['user add', 'role add', 'acl modify / --users', 'user token add', 'acl modify / --tokens']
    const { node, home } = await openLab()
    for (const when of whens) {
      await node.change((state) => (state.failing = [{ when }]))
      const ran = await home.setup(node, undefined, ...told(node, 'observe'))
      expect({ when, ...ran }).toMatchObject({ when, code: 1, errors: expect.stringContaining('got lock request timeout') })
      expect(ran.errors).toContain(when === whens[0] ? 'Nothing was changed.' : 'What was done before it is taken back.')
      expect({ when, ...kept(await node.state()) }).toEqual({ when, users: {}, roles: {}, acl: [] })
      expect(await home.files()).not.toContain('rackwarden.yaml')
    }
    await node.change((state) => (state.failing = []))
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({ code: 0 })
  })

  test('gives a role back what it had before, where that was changed and something fails after it', async () => {
    const roles = { RackwardenObserve: ['VM.Audit', 'VM.Console'] }
    const { node, home } = await openLab({ roles, failing: [{ when: 'user token add' }] })
    await home.setup(node, undefined, ...told(node, 'observe'))
    expect(kept(await node.state())).toEqual({ users: {}, roles, acl: [] })
  })

  test('says what has to be run by hand where even taking back fails', async () => {
    const { node, home } = await openLab({ failing: [{ when: 'acl modify / --tokens' }, { when: 'user token remove' }] })
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/could not be taken back: run there pveum user token remove rackwarden@pve observe-/),
    })
  })

  test('SAYS LOUDLY that the target did not refuse, and takes the token back', async () => {
    const { node, home } = await openLab()
    node.isLenient = true
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('THE TARGET DID NOT REFUSE to start a guest') })
    expect(ran.errors).toContain('Taken back: rackwarden@pve!observe-')
    expect(kept(await node.state())).toEqual({ users: {}, roles: {}, acl: [] })
    expect(await home.files()).not.toContain('rackwarden.yaml')
    expect(await home.files()).not.toContain('proxmox-tokenSecret')
  })

  test('takes the token back where it cannot be written down', async () => {
    const { node, home } = await openLab()
    await mkdir(join(home.path, '.config/rackwarden'), { recursive: true })
    await writeFile(join(home.path, '.config/rackwarden/secrets'), 'no directory')
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('Taken back') })
    expect(kept(await node.state())).toEqual({ users: {}, roles: {}, acl: [] })
  })

  test('grants no admin to whoever did not say that they know what it means', async () => {
    const { node, home } = await openLab()
    expect(await home.setup(node, undefined, ...told(node, 'admin'))).toMatchObject({
      code: 2,
      errors: expect.stringContaining('RACKWARDEN_ADMIN'),
    })
    expect((await node.state()).called).toEqual([])
  })

  test('sends nothing to a port that shows another certificate than the machine has', async () => {
    const { node, home } = await openLab({ fingerprint: createCertificate().fingerprint })
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining(`got SHA256:${node.certificate.fingerprint}`) })
    expect(ran.errors).toContain(`expected SHA256:${(await node.state()).fingerprint}`)
    expect(await node.changes()).toEqual([])
  })

  test('a host key nobody knows is asked about, and one that has changed is not', async () => {
    const { node, home } = await openLab()
    const [host, tier] = [
      ['--host', node.url],
      ['--tier', 'observe'],
    ]
    const unasked = await home.setup(node, undefined, '--yes', ...host, ...tier)
    expect(unasked).toMatchObject({ code: 1, errors: expect.stringContaining('is not known. Nothing was sent.') })
    const refused = await home.setup(
      node,
      [
        [/^Password/, ''],
        [/Compared with its own, and the same\? Pin it as sshHostKey/, 'n'],
      ],
      ...host,
      ...tier,
      '--bootstrap',
      'auto',
    )
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining(`It shows ${node.ssh.hostFingerprint()}`) })
    const changed = await home.setup(
      node,
      [[/^Password/, 'the-password-of-root']],
      ...host,
      ...tier,
      '--bootstrap',
      'auto',
      '--accept-fingerprints',
      '--ssh-host-key',
      `SHA256:${'A'.repeat(43)}`,
    )
    expect(changed).toMatchObject({ code: 1, errors: expect.stringContaining('HAS CHANGED') })
    expect((await node.state()).called).toEqual([])
    expect(await home.setup(node, undefined, '--yes', ...host, ...tier, '--accept-fingerprints')).toMatchObject({
      code: 0,
      output: expect.stringContaining('unseen by anybody'),
    })
  })

  test('writes nothing beside variables that would count before it', async () => {
    const { node, home } = await openLab({}, { PROXMOX_URL: 'https://elsewhere:8006' })
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({
      code: 1,
      errors: expect.stringContaining('PROXMOX_URL'),
    })
    expect((await node.state()).called).toEqual([])
  })
})
