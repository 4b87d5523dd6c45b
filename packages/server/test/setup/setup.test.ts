import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWorkplace, lockService, usualFile } from '../workplace.ts'
import { openSafe, rightPassword } from './safe.ts'

const flags = (url: string) => ['--host', url, '--bootstrap', 'auto'] as const
const password = [
  /^Password of root@127\.0\.0\.1, used once and kept nowhere; nothing to log in with your own keys: $/,
  rightPassword,
] as const
const go = [/^Do that, as root@127\.0\.0\.1\?/, 'y'] as const
const client = [/^Write it into a client/, ''] as const

describe('setup in the hub', () => {
  test('asks what it is not told, shows the commands before they run, and writes what it made', async () => {
    const safe = await openSafe()
    const { home, run, text } = await createWorkplace([safe.service])
    const ran = await run(
      [
        [/^Tier of safe: observe, operate, configure \[observe\]/, 'everything'],
        [/^Tier of safe/, 'operate'],
        [/^Address of the safe, as a host or https:\/\/host:port: /, 'http://:80/'],
        [/^Address of the safe/, safe.url],
        [/^The way in: auto.*\[auto\]/, 'by magic'],
        [/^The way in/, ''],
        [password[0], 'wrong'],
        [password[0], rightPassword],
        [...go],
        [...client],
      ],
      'setup',
      'safe',
    )
    expect(ran).toMatchObject({ code: 0, output: expect.stringContaining('the drawer of operate') })
    expect(ran.output).toMatch(/add rackwarden@safe\n {4}safe add rackwarden@safe\n {2}make operate-\w{6}\n {4}safe token/)
    expect(ran.output).toMatch(
      /has exactly what operate needs\.\n {2}refused there: to crack it as rackwarden@safe!operate-\w{6} \(it may not\)/,
    )
    expect((await text(usualFile)).replace(home, '<home>')).toMatch(
      /tier: operate\nservices:\n {2}safe:\n {4}tier: operate\n {4}url: https:.*\n {4}tokenId: rackwarden@safe!operate-\w{6}\n {4}tokenSecret: file:<home>\/.config\/rackwarden\/secrets\/safe-tokenSecret\n {4}tlsFingerprint: SHA256:/,
    )
    expect(ran.output + ran.errors).not.toContain('a-secret-of-the-safe')
    expect(ran.output + ran.errors).not.toContain(rightPassword)
    expect((await run(undefined, 'audit', '--text', 'setup')).output).toContain('tier operate')
  })

  test('does nothing where the answer is no', async () => {
    const safe = await openSafe()
    const { run, text } = await createWorkplace([safe.service])
    const ran = await run([[...password], [go[0], '']], 'setup', 'safe', '--tier', 'observe', ...flags(safe.url))
    expect(ran).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was done.') })
    expect([...safe.held]).toEqual([])
    await expect(text(usualFile)).rejects.toThrow('ENOENT')
  })

  test('asks an owner who has a passphrase before it grants more than looking, and makes nothing without', async () => {
    const safe = await openSafe()
    const { home, run } = await createWorkplace([safe.service])
    const passphrase = 'correct horse battery'
    await run(
      [
        [/^New passphrase/, passphrase],
        [/^The same/, passphrase],
      ],
      'owner',
      'set-passphrase',
    )
    await writeFile(join(home, 'password'), rightPassword)
    const setup = ['setup', 'safe', '--yes', '--host', safe.url, '--password-file', 'password'] as const
    expect(await run([[/^Passphrase, for Tiers: safe configure/, 'another']], ...setup, '--tier', 'configure')).toMatchObject({ code: 1 })
    expect([...safe.held]).toEqual([])
    expect(await run(undefined, ...setup, '--tier', 'observe')).toMatchObject({ code: 0 })
    // What is granted there is no reason to grant it here.
    await run([[/^Passphrase/, passphrase]], ...setup, '--tier', 'configure')
    const lowered = await run(undefined, ...setup, '--tier', 'observe')
    expect(lowered).toMatchObject({ code: 0, errors: '' })
    expect([...safe.held].filter((line) => line.startsWith('token'))).toEqual([expect.stringContaining('observe-')])
  })

  test('takes back what it made where the target does not refuse', async () => {
    const safe = await openSafe()
    safe.isLenient = true
    const { run } = await createWorkplace([safe.service])
    const ran = await run([[...password], [...go]], 'setup', 'safe', '--tier', 'observe', ...flags(safe.url))
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('THE TARGET DID NOT REFUSE to crack it') })
    expect([...safe.held]).toEqual([])
  })

  test('shows a host key nobody knows, and sends no password before it is compared', async () => {
    const safe = await openSafe()
    safe.hostKey = `SHA256:${'k'.repeat(43)}`
    const { run } = await createWorkplace([safe.service])
    const asked = [[...password], [/^ {2}Compared with its own, and the same\? Pin it as sshHostKey\?/, '']] as [RegExp, string][]
    expect(await run(asked, 'setup', 'safe', '--tier', 'observe', ...flags(safe.url))).toMatchObject({ code: 1 })
    expect(safe.passwords).toEqual([])
    const pinned = [asked[0]!, [asked[1]![0], 'y'], [...go], [...client]] as [RegExp, string][]
    expect(await run(pinned, 'setup', 'safe', '--tier', 'observe', ...flags(safe.url))).toMatchObject({ code: 0 })
    expect(safe.passwords).toEqual([rightPassword])
  })

  test('gives up after three wrong passwords', async () => {
    const safe = await openSafe()
    const { run } = await createWorkplace([safe.service])
    const wrong = [password[0], 'wrong'] as [RegExp, string]
    const ran = await run([wrong, wrong, wrong], 'setup', 'safe', '--tier', 'observe', ...flags(safe.url))
    expect(ran).toMatchObject({ code: 1, errors: expect.stringContaining('error: unauthorized') })
  })

  test.each([
    [['setup'], 'It is not said what is to be set up.'],
    [['setup', 'gate'], "There is no setup of 'gate' here."],
    [['setup', 'safe', '--yes'], 'It is not said where the target is.'],
    [['setup', 'safe', '--yes', '--host', 'http://safe'], 'is not guarded by TLS'],
    [['setup', 'safe', '--yes', '--host', 'https://me:secret@safe'], 'The address is no address of a target.'],
    [['setup', 'safe', '--yes', '--host', 'safe/path'], "'safe/path' is no address of a target."],
    [['setup', 'safe', '--yes', '--host', 'safe', '--user', 'root@pam'], "'root@pam' cannot be the user"],
    [['setup', 'safe', '--yes', '--host', 'safe', '--tier', 'everything'], "'everything' is not a tier"],
    [['setup', 'safe', '--yes', '--host', 'safe', '--client', 'nobody'], "'nobody' is no client"],
    [['setup', 'safe', '--yes', '--host', 'safe', '--instance', '../x'], "'../x' cannot name an instance"],
    [['setup', 'safe', '--yes', '--host', 'safe', '--bootstrap', 'magic'], 'Allowed choices are auto, paste'],
    [['setup', 'safe', '--host', 'safe'], 'There is no terminal'],
  ] as const)('refuses %j before anything is sent', async (argv, message) => {
    const safe = await openSafe()
    const { home, run } = await createWorkplace([safe.service, lockService('gate', [])])
    await writeFile(join(home, 'password'), rightPassword)
    const ran = await run(undefined, ...argv, ...(argv.includes('http://safe' as never) ? ['--password-file', 'password'] : []))
    expect(ran.code).not.toBe(0)
    expect(ran.errors).toContain(message)
    expect(ran.errors).not.toContain('secret')
    expect([...safe.held]).toEqual([])
  })

  test('is no command where no service has one', async () => {
    const { run } = await createWorkplace([lockService('gate', [])])
    expect(await run(undefined, 'setup')).toMatchObject({ code: 2, errors: expect.stringContaining("there is no command 'setup'") })
  })

  test.each([
    ['safe', 'https://safe:8443', 'root@safe'],
    ['10.0.0.7', 'https://10.0.0.7:8443', 'root@10.0.0.7'],
    ['safe:9000', 'https://safe:9000', 'root@safe'],
    ['[2001:db8::7]', 'https://[2001:db8::7]:8443', 'root@[2001:db8::7]'],
    ['2001:db8::7', 'https://[2001:db8::7]:8443', 'root@[2001:db8::7]'],
    ['https://safe.lab/', 'https://safe.lab', 'root@safe.lab'],
  ])('finds %s', async (host, url, login) => {
    const safe = await openSafe()
    const { run } = await createWorkplace([safe.service])
    const { output } = await run(undefined, 'setup', 'safe', '--dry-run', '--host', host)
    expect(output).toContain(`On ${login}:`)
    expect(output).toContain(`what ${url} shows`)
  })

  test('lets a second target keep the tier of the first, and takes one away without the other', async () => {
    const safe = await openSafe()
    const { home, run, text } = await createWorkplace([safe.service])
    const other = safe.url.replace('127.0.0.1', 'localhost')
    await writeFile(join(home, 'password'), rightPassword)
    const setup = ['setup', 'safe', '--yes', '--password-file', 'password'] as const
    await run(undefined, ...setup, '--host', safe.url, '--tier', 'configure')
    await run(undefined, ...setup, '--host', other, '--tier', 'observe', '--instance', 'attic', '--revoke-others')
    expect(await text(usualFile)).toMatch(/safe:\n {4}tier: configure\n {4}instances:\n {6}default:\n[^]*attic:\n/)
    expect(await run(undefined, ...setup, '--remove', '--instance', 'attic', '--revoke-others')).toMatchObject({ code: 0 })
    expect(await text(usualFile)).not.toContain('attic')
    expect(await text(usualFile)).toContain('default:')
  })

  test('takes away nothing here while something there could not be', async () => {
    const safe = await openSafe()
    const { home, run, text } = await createWorkplace([safe.service])
    await writeFile(join(home, 'password'), rightPassword)
    const setup = ['setup', 'safe', '--yes', '--password-file', 'password'] as const
    await run(undefined, ...setup, '--host', safe.url)
    safe.failing = 'drop token'
    const before = await text(usualFile)
    const ran = await run(undefined, ...setup, '--remove')
    expect(ran).toMatchObject({ code: 1, errors: expect.stringMatching(/could not drop token [^]*Run there: safe drop token/) })
    expect(await text(usualFile)).toBe(before)
  })

  test('is not done over a file that cannot be read, or a token somebody else made', async () => {
    const safe = await openSafe()
    const { home, run } = await createWorkplace([safe.service])
    await mkdir(join(home, '.config/rackwarden'), { recursive: true })
    await writeFile(join(home, usualFile), 'services: [')
    expect(await run(undefined, 'setup', 'safe', '--yes', '--host', safe.url)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('rackwarden.yaml'),
    })
    await writeFile(join(home, usualFile), `services: { safe: { url: "${safe.url}", tokenId: root@pam!mine, tokenSecret: x } }\n`)
    expect(await run(undefined, 'setup', 'safe', '--yes', '--remove')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('root@pam, whom no setup made'),
    })
    expect(safe.called).toEqual([])
  })
})
