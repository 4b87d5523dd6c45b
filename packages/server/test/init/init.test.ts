import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWorkplace, lockService, rightPassword, usualFile } from '../workplace.ts'

const here = { instance: 'default', values: { url: 'http://127.0.0.1:1' }, evidence: 'a socket' }
const there = { instance: 'attic', values: { url: 'http://locked.attic' }, evidence: 'a file', ask: ['password'], remote: true }
const gate = lockService('gate', [here])
const vault = lockService('vault', [there])

describe('asked at a terminal', () => {
  test('init tries what is chosen, keeps the secret in a file of its own, and writes the tier that was answered', async () => {
    const { home, run, text, mode } = await createWorkplace([gate, vault])
    const ran = await run(
      [
        [/^Which .*\[1\]/, 'all'],
        [/^Another one/, ''],
        [/^vault@attic: password \(Its password; unseen/, rightPassword],
        [/^Tier of gate: observe, operate, configure \[observe\]/, 'admin'],
        [/^Tier of gate/, 'operate'],
        [/^Tier of vault/, ''],
        [/^Write it into a client/, ''],
      ],
      'init',
    )
    expect(ran.code).toBe(0)
    expect(ran.output).toContain('gate: ok, 7.1: open as nobody')
    expect(ran.output).toContain('vault@attic: ok, 7.1: open as [redacted]')
    expect(ran.output + ran.errors).not.toContain(rightPassword)
    expect((await text(usualFile)).replace(home, '<home>')).toMatchInlineSnapshot(`
      "# Written by init; run it again to add more. Secrets stand in files of their own, named here as file:/path.

      tier: operate
      services:
        gate:
          tier: operate
          url: http://127.0.0.1:1
        vault:
          tier: observe
          instances:
            attic:
              url: http://locked.attic
              password: file:<home>/.config/rackwarden/secrets/vault-attic-password
      "
    `)
    expect(await text('.config/rackwarden/secrets/vault-attic-password')).toBe(`${rightPassword}\n`)
    expect(await mode(usualFile)).toBe('600')
    expect(await mode('.config/rackwarden')).toBe('700')
    expect(await mode('.config/rackwarden/secrets/vault-attic-password')).toBe('600')
    expect(await run(undefined, 'doctor', '--json')).toMatchObject({ code: 0, output: expect.stringContaining('vault@attic') })
    expect(ran.output).toContain('"command": "/usr/bin/node"')
    expect(await readdir(home)).not.toContain('.claude.json')
  })

  test('a wrong credential is told, and can be set again, kept untested or left out', async () => {
    const { run, text } = await createWorkplace([vault])
    const first: [RegExp, string][] = [
      [/^Which .*\[none\]/, '1'],
      [/^Another one/, ''],
      [/password/, 'wrong password'],
    ]
    const left = await run([...first, [/try again, set a field/, ''], [/client/, '']], 'init')
    expect(left).toMatchObject({
      code: 1,
      errors: expect.stringContaining("vault@attic: unauthorized: http://locked.attic refused '[redacted]'."),
    })
    await expect(text(usualFile)).rejects.toThrow('ENOENT')
    const mended = await run(
      [...first, [/set a field/, 'again'], [/set a field/, 'password'], [/password/, rightPassword], [/Tier/, ''], [/client/, '']],
      'init',
    )
    expect(mended.code).toBe(0)
    expect(await text(usualFile)).toContain('file:')
  })

  test('a fingerprint is shown, and pinned when it was compared', async () => {
    const fingerprint = 'SHA256:AB:CD:EF'
    const { run, text } = await createWorkplace([lockService('gate', [here], { fingerprint })])
    const refused = await run(
      [
        [/Which/, ''],
        [/Another/, ''],
        [/Compared.*Pin it as tlsFingerprint\?/, ''],
        [/set a field/, ''],
        [/client/, ''],
      ],
      'init',
    )
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining(`It shows ${fingerprint}`) })
    const accepted = await run(
      [
        [/Which/, ''],
        [/Another/, ''],
        [/Pin it/, 'y'],
        [/Tier/, ''],
        [/client/, ''],
      ],
      'init',
    )
    expect(accepted.code).toBe(0)
    expect(await text(usualFile)).toContain(`tlsFingerprint: ${fingerprint}`)
  })

  test('what was not found can be added by its address, and what cannot be meant is asked again', async () => {
    const { run, text } = await createWorkplace([lockService('gate', [])])
    const ran = await run(
      [
        [/Another/, 'moon=http://x'],
        [/Another/, 'gate@cellar=http://10.0.0.9'],
        [/Another/, ''],
        [/Tier/, ''],
        [/client/, ''],
      ],
      'init',
    )
    expect(ran).toMatchObject({ code: 0, errors: expect.stringContaining("There is no service 'moon' here") })
    expect(await text(usualFile)).toContain('cellar:\n        url: http://10.0.0.9')
  })

  test('an address with a password goes into a file of its own', async () => {
    const { run, text } = await createWorkplace([lockService('gate', [])])
    const ran = await run(
      [
        [/Another/, 'gate=http://me:long-password@10.0.0.9'],
        [/Another/, ''],
        [/Tier/, ''],
        [/client/, ''],
      ],
      'init',
    )
    expect(ran.code).toBe(0)
    expect(ran.output + ran.errors).not.toContain('long-password')
    expect(await text(usualFile)).not.toContain('long-password')
    expect(await text('.config/rackwarden/secrets/gate-url')).toBe('http://me:long-password@10.0.0.9\n')
  })
})

describe('with --yes', () => {
  test('what is on this machine is taken, other machines are not, and a second run changes nothing', async () => {
    const { run, text } = await createWorkplace([gate, vault])
    expect(await run(undefined, 'init', '--yes')).toMatchObject({ code: 0, errors: '' })
    const written = await text(usualFile)
    expect(written).toMatchInlineSnapshot(`
      "# Written by init; run it again to add more. Secrets stand in files of their own, named here as file:/path.

      tier: observe
      services:
        gate:
          tier: observe
          url: http://127.0.0.1:1
      "
    `)
    const again = await run(undefined, 'init', '--yes')
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('gate: configured already') })
    expect(again.output).toContain('is left as it is')
    expect(await text(usualFile)).toBe(written)
  })

  test('everything can be answered by flags', async () => {
    const { home, run, text } = await createWorkplace([gate, vault], { VAULT_SECRET: rightPassword })
    const flags = ['--service', 'gate', '--service', 'vault@cellar=http://locked.cellar', '--set', 'vault@cellar.password=env:VAULT_SECRET']
    const ran = await run(undefined, 'init', '--yes', ...flags, '--tier', 'operate', '--tier', 'gate=observe', '--config', 'lab.yaml')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(await text('lab.yaml')).toMatchInlineSnapshot(`
      "# Written by init; run it again to add more. Secrets stand in files of their own, named here as file:/path.

      tier: operate
      services:
        gate:
          tier: observe
          url: http://127.0.0.1:1
        vault:
          tier: operate
          instances:
            cellar:
              url: http://locked.cellar
              password: env:VAULT_SECRET
      "
    `)
    expect(ran.output).toContain(`"--config",\n        "${home}/lab.yaml"`)
  })

  test('an owner who has a passphrase is asked for it before a tier above observe is written', async () => {
    const { run, text } = await createWorkplace([gate])
    const passphrase = 'correct horse battery'
    const twice: [RegExp, string][] = [
      [/^New passphrase/, passphrase],
      [/^The same again/, passphrase],
    ]
    expect(await run(twice, 'owner', 'set-passphrase')).toMatchObject({ code: 0 })
    const raising = ['init', '--yes', '--tier', 'operate'] as const
    expect(await run(undefined, ...raising)).toMatchObject({ code: 1, errors: expect.stringContaining('asked for at a terminal') })
    expect(await run([[/^Passphrase, for Tiers: gate operate/, 'wrong horse battery']], ...raising)).toMatchObject({ code: 1 })
    await expect(text(usualFile)).rejects.toThrow(/ENOENT/)
    expect(await run([[/^Passphrase, for Tiers/, passphrase]], ...raising)).toMatchObject({ code: 0 })
    expect(await text(usualFile)).toContain('tier: operate')
  })

  test('what cannot be opened is not written unless forced, and no fingerprint is taken unless told', async () => {
    const fingerprint = 'SHA256:AB:CD:EF'
    const { run, text } = await createWorkplace([vault, lockService('gate', [here], { fingerprint })])
    const ran = await run(undefined, 'init', '--yes', '--service', 'vault', '--service', 'gate')
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining(`tlsFingerprint: "${fingerprint}"`) })
    await expect(text(usualFile)).rejects.toThrow('ENOENT')
    expect(await run(undefined, 'init', '--yes', '--service', 'vault', '--force')).toMatchObject({ code: 0 })
    expect(await text(usualFile)).toContain('http://locked.attic')
    expect(await run(undefined, 'init', '--yes', '--accept-fingerprints')).toMatchObject({
      code: 0,
      output: expect.stringContaining(`pinned tlsFingerprint ${fingerprint}`),
    })
    expect(await text(usualFile)).toContain(fingerprint)
  })

  test('another fingerprint than the one given is never taken by a flag', async () => {
    const { run, text } = await createWorkplace([lockService('gate', [here], { fingerprint: 'SHA256:AB' })])
    const flags = ['--yes', '--accept-fingerprints', '--service', 'gate', '--set', 'gate.tlsFingerprint=SHA256:CD']
    expect(await run(undefined, 'init', ...flags)).toMatchObject({ code: 1, errors: expect.stringContaining('another certificate') })
    await expect(text(usualFile)).rejects.toThrow('ENOENT')
  })

  test('--print writes nothing, and prints nothing but the file on stdout', async () => {
    const { home, run } = await createWorkplace([gate])
    const ran = await run(undefined, 'init', '--print')
    expect(ran.code).toBe(0)
    expect(ran.output).toMatch(/^# Written by init[^]*url: http:\/\/127\.0\.0\.1:1$/)
    expect(ran.errors).toContain('"mcpServers"')
    expect(await readdir(home)).toEqual([])
  })

  test.each([
    [['--service', 'moon'], "There is no service 'moon' here"],
    [['--tier', 'admin'], "the tier 'admin' is not granted"],
    [['--tier', 'gate=admin'], "the tier 'admin' is not granted"],
    [['--set', 'gate.password=hunter2hunter2'], "'password' is a secret"],
    [['--service', 'gate=http://me:hunter2hunter2@x'], 'holds a password'],
    [['--set', 'gate.colour=red'], "gate has no field 'colour'"],
    [['--set', 'gate@attic.url=http://x'], 'fits nothing that is being set up'],
    [['--client', 'notepad'], "'notepad' is no client"],
    [['--service', 'gate@../x=http://x'], 'cannot name an instance'],
  ])('%j is refused, and nothing is written', async (flags, message) => {
    const { home, run } = await createWorkplace([gate])
    const ran = await run(undefined, 'init', '--yes', ...flags)
    expect(ran).toMatchObject({ code: 2, errors: expect.stringContaining(message) })
    expect(ran.errors).not.toContain('hunter2')
    expect(await readdir(home)).toEqual([])
  })

  test('without a terminal and without --yes nothing is done', async () => {
    const { run } = await createWorkplace([gate])
    expect(await run(undefined, 'init')).toMatchObject({ code: 2, errors: expect.stringContaining('--yes') })
  })
})

test('a kubeconfig is mentioned as not supported yet', async () => {
  const { home, run } = await createWorkplace([gate])
  await mkdir(join(home, '.kube'))
  await writeFile(join(home, '.kube/config'), '')
  expect((await run(undefined, 'init', '--yes')).output).toContain(`kubeconfig ${home}/.kube/config: Kubernetes is not supported yet`)
})
