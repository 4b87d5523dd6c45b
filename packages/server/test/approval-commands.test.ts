import { adminAcknowledgement } from '@rackwarden/core'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { shell, type Shell } from './shell.ts'

const passphrase = 'correct horse battery'
const typed = { 'New passphrase': passphrase, 'The same again': passphrase, 'Passphrase, ': passphrase }
const demo = ['--demo', '--config', 'lab.yaml'] as const

/** A shell of a lab in which a person must agree to what the lamp does, and who has set a passphrase. */
async function ownersShell(environment: Record<string, string> = {}): Promise<Shell> {
  const run = await shell(environment)
  await writeFile(join(run.directory, 'lab.yaml'), 'tier: operate\napproval: { tiers: { operate: human } }\n')
  expect(await run.typing(typed, 'owner', 'set-passphrase')).toMatchObject({ code: 0, errors: '' })
  return run
}

/** Asks for a level, and gives the request and the line that runs it. */
async function asked(run: Shell, level = '7'): Promise<{ id: string; line: string[]; output: string }> {
  const { code, output } = await run('call', 'set_level', `level=${level}`, ...demo)
  expect(code).toBe(3)
  const id = /rackwarden-lamp approve (\S+) --demo$/m.exec(output)?.[1] ?? ''
  const line = /^ {2}rackwarden-lamp (call .*confirm=\w+)$/m.exec(output)?.[1] ?? ''
  return { id, line: line.split(' '), output }
}

async function auditOf(run: Shell): Promise<Record<string, unknown>[]> {
  return JSON.parse((await run('audit', '--json')).output) as Record<string, unknown>[]
}

describe('a call that waits for a person', () => {
  test('says how to go on: approve, and the same line with its token', async () => {
    const run = await ownersShell()
    const { id, line, output } = await asked(run)
    expect(output).toContain('PENDING, nothing has happened yet: Set the level to 7')
    expect(await run(...line)).toMatchObject({ code: 3 })
    const approved = await run.typing(typed, 'approve', id)
    expect(approved).toMatchObject({ code: 0, errors: '' })
    for (const part of ['Set the level to 7', 'lamp set_level', 'level=7', 'lamp/bulb/it', 'level: 1 → 7', 'local:', '60 min left'])
      expect(approved.output).toContain(part)
    expect(await run(...line)).toMatchObject({ code: 0, output: expect.stringContaining('DONE') })
    expect(await run(...line)).toMatchObject({ code: 0, output: expect.stringContaining('Already carried out') })
    const decided = (await auditOf(run)).filter(({ kind }) => kind === 'approval' || kind === 'outcome')
    expect(decided.map(({ tool, result, approval }) => [tool, result, approval])).toEqual([
      ['owner set-passphrase', 'set', expect.stringMatching(/^cli:/)],
      ['set_level', 'requested', id],
      ['set_level', 'approved', expect.stringMatching(/^cli:/)],
      ['set_level', 'done', expect.stringMatching(/^cli:/)],
    ])
  })

  test('gives the request as an object', async () => {
    const run = await ownersShell()
    const { code, output } = await run('call', 'set_level', 'level=7', ...demo, '--json')
    expect(code).toBe(3)
    expect(JSON.parse(output)).toMatchObject({ kind: 'pending', approval: expect.any(String), plan: { confirm: expect.any(String) } })
  })

  test('is listed until somebody decided it, and shown whole', async () => {
    const run = await ownersShell()
    expect(await run('approvals')).toMatchObject({ code: 0, output: 'Nothing waits for a person.' })
    const { id } = await asked(run)
    const listed = await run('approvals')
    expect(listed.output.split('\n')[1]?.split(/ {2,}/)).toEqual([
      id,
      expect.stringMatching(/^\d+ s$/),
      '60 min',
      expect.stringMatching(/^local:/),
      'lamp set_level',
      'Set the level to 7',
    ])
    expect(JSON.parse((await run('approvals', '--json')).output)).toMatchObject([{ id, plan: { summary: 'Set the level to 7' } }])
    expect((await run('approvals', id)).output).toContain('level: 1 → 7')
    expect(await run('reject', id)).toMatchObject({ code: 0, output: expect.stringContaining('Rejected: Set the level to 7') })
    expect(await run('approvals')).toMatchObject({ output: 'Nothing waits for a person.' })
    expect((await run('approvals', id)).output).toMatch(/decided +rejected by cli:/)
  })

  test('is rejected without a passphrase, and then nobody can agree to it', async () => {
    const run = await ownersShell()
    const { id, line } = await asked(run)
    expect(await run('reject', id)).toMatchObject({ code: 0 })
    expect(await run(...line)).toMatchObject({ code: 1, errors: expect.stringContaining('denied: The plan was rejected (cli:') })
    expect(await run.typing(typed, 'approve', id)).toMatchObject({ code: 1, errors: expect.stringContaining('conflict: ') })
    expect(await run('reject', id)).toMatchObject({ code: 1, errors: expect.stringContaining('conflict: ') })
  })

  test('is not approved without a terminal, with a wrong passphrase, or before one is set; each is in the audit', async () => {
    const run = await ownersShell()
    const { id, line } = await asked(run)
    expect(await run('approve', id)).toMatchObject({ code: 1, errors: expect.stringContaining('asked for at a terminal') })
    expect(await run.typing({ 'Passphrase, ': 'wrong horse battery' }, 'approve', id)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('denied: The passphrase is wrong.'),
    })
    expect(await run.typing({ 'Passphrase, ': '' }, 'approve', id)).toMatchObject({ code: 1 })
    expect(await run(...line)).toMatchObject({ code: 3 })
    expect(await auditOf(run)).toContainEqual(
      expect.objectContaining({ kind: 'approval', tool: 'set_level', result: 'error', error: 'denied: The passphrase is wrong.' }),
    )
    const unset = await shell()
    await writeFile(join(unset.directory, 'lab.yaml'), await readFile(join(run.directory, 'lab.yaml')))
    expect(await unset.typing({}, 'approve', (await asked(unset)).id)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('owner set-passphrase'),
    })
  })

  test('takes the name of what is gone afterwards, typed', async () => {
    const run = await ownersShell({ RACKWARDEN_ADMIN: adminAcknowledgement })
    const waiting = await run('call', 'delete_lamp', '--demo', '--tier', 'admin', '--json')
    const { approval, plan } = JSON.parse(waiting.output) as { approval: string; plan: { confirm: string } }
    const wrong = await run.typing({ ...typed, 'Type it': 'lamp' }, 'approve', approval)
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining("'it' must be typed exactly") })
    expect(wrong.output).toContain('It will be dark.')
    expect(await run.typing({ ...typed, 'Type it': 'it' }, 'approve', approval)).toMatchObject({ code: 0 })
    const line = ['call', 'delete_lamp', '--demo', '--tier', 'admin', `confirm=${plan.confirm}`]
    expect(await run(...line)).toMatchObject({ code: 0, output: expect.stringContaining('it cannot be taken back') })
  })

  test.each([['approve'], ['reject'], ['approvals']])('that nobody made is not found by %s', async (command) => {
    const run = await shell()
    expect(await run.typing(typed, command, '20260101T000000-aaaaaa')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('error: not_found: There is no request'),
    })
  })
})

describe('the passphrase', () => {
  test('is asked for twice, and the one that holds first', async () => {
    const run = await shell()
    expect(await run('owner', 'status')).toMatchObject({ code: 0, output: expect.stringContaining('No passphrase is set') })
    expect(await run.typing({ ...typed, 'The same again': 'another' }, 'owner', 'set-passphrase')).toMatchObject({ code: 2 })
    expect(await run.typing({ 'New passphrase': 'short', 'The same again': 'short' }, 'owner', 'set-passphrase')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('at least 10 characters'),
    })
    expect(await run.typing(typed, 'owner', 'set-passphrase')).toMatchObject({ code: 0 })
    const before = JSON.parse((await run('owner', 'status', '--json')).output) as { key: string }
    expect(before).toEqual({ set: true, key: expect.stringMatching(/^SHA256:[\w-]{43}$/) })
    const next = { 'New passphrase': 'another horse battery', 'The same again': 'another horse battery' }
    expect(await run.typing({ ...next, 'holds now': 'wrong horse battery' }, 'owner', 'set-passphrase')).toMatchObject({ code: 1 })
    expect(await run.typing({ ...next, 'holds now': passphrase }, 'owner', 'set-passphrase')).toMatchObject({ code: 0 })
    expect(JSON.parse((await run('owner', 'status', '--json')).output)).toEqual(before)
  })

  test('is taken from a file where there is no terminal, and from no argument or variable', async () => {
    const run = await shell({ RACKWARDEN_PASSPHRASE: passphrase })
    expect(await run('owner', 'set-passphrase')).toMatchObject({ code: 1, errors: expect.stringContaining('at a terminal') })
    expect(await run('owner', 'set-passphrase', '--passphrase', passphrase)).toMatchObject({ code: 2 })
    await writeFile(join(run.directory, 'first'), `${passphrase}\n`)
    expect(await run('owner', 'set-passphrase', '--passphrase-file', 'first')).toMatchObject({ code: 0 })
    expect(await run('owner', 'set-passphrase', '--passphrase-file', 'first')).toMatchObject({ code: 2 })
    await writeFile(join(run.directory, 'both'), `${passphrase}\nanother horse battery\n`)
    expect(await run('owner', 'set-passphrase', '--passphrase-file', 'both')).toMatchObject({ code: 0 })
    expect(await run('owner', 'set-passphrase', '--passphrase-file', 'missing')).toMatchObject({ code: 2 })
  })

  test('is asked for where a token is made or turned, and not where one is taken back', async () => {
    const run = await ownersShell()
    expect(await run('token', 'create', 'phone')).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('terminal') })
    expect(await run.typing(typed, 'token', 'create', 'phone')).toMatchObject({ code: 0, output: expect.stringMatching(/^rw_/) })
    expect(await run.typing({ 'Passphrase, ': 'wrong horse battery' }, 'token', 'rotate', 'phone')).toMatchObject({ code: 1 })
    expect(await run.typing(typed, 'token', 'rotate', 'phone')).toMatchObject({ code: 0 })
    expect(await run('token', 'revoke', 'phone')).toMatchObject({ code: 0 })
    const told = (await auditOf(run)).filter(({ tool }) => String(tool).startsWith('token'))
    expect(told.map(({ tool, result }) => [tool, result])).toEqual([
      ['token create', 'approved'],
      ['token rotate', 'error'],
      ['token rotate', 'approved'],
      ['token revoke', 'rejected'],
    ])
  })

  test('signs the tokens there were before it, once the owner has seen them', async () => {
    const [yes, no] = [await shell(), await shell()]
    for (const run of [yes, no]) await run('token', 'create', 'phone', '--tier', 'operate')
    const signed = await yes.typing({ ...typed, 'Are they yours': 'y' }, 'owner', 'set-passphrase')
    expect(signed).toMatchObject({ code: 0, errors: expect.stringMatching(/phone +tier operate/) })
    expect(JSON.parse((await yes('token', 'list', '--json')).output)).toMatchObject([{ name: 'phone', refused: false }])
    expect(await no.typing({ ...typed, 'Are they yours': '' }, 'owner', 'set-passphrase')).toMatchObject({ code: 0 })
    expect(await no('token', 'list')).toMatchObject({ output: expect.stringContaining('refused: not signed by the owner') })
  })
})

describe('allow', () => {
  test('agrees ahead, for a time and not to what is excepted; it is listed, in the audit, and taken back', async () => {
    const run = await ownersShell()
    const made = await run.typing(typed, 'allow', 'lamp set_level', '--except', 'attic', '--for', '2h')
    expect(made).toMatchObject({ code: 0, errors: '' })
    expect(made.output).toMatch(/^lamp-set-level: lamp_set_level on any target except attic, for 2 h/)
    expect((await run('allow', '--list')).output).toContain('lamp-set-level: ')
    const plan = await run('call', 'set_level', 'level=7', ...demo)
    expect(plan).toMatchObject({ code: 3, output: expect.stringContaining('PLAN') })
    const line = /rackwarden-lamp (call .* confirm=\w+)$/.exec(plan.output)?.[1] ?? ''
    expect(await run(...line.split(' '))).toMatchObject({ code: 0 })
    expect(await auditOf(run)).toContainEqual(expect.objectContaining({ kind: 'outcome', approval: 'rule:lamp-set-level' }))
    expect(await run('allow', '--revoke', 'lamp-set-level')).toMatchObject({ code: 0 })
    expect(await run('allow')).toMatchObject({ code: 0, output: 'Nothing is allowed ahead.' })
    expect((await run('call', 'set_level', 'level=8', ...demo)).output).toContain('PENDING')
    expect(await run('allow', '--revoke', 'lamp-set-level')).toMatchObject({ code: 1 })
  })

  test.each([
    [['set_level'], 'lamp_set_level'],
    [['lamp', 'set_level'], 'lamp_set_level'],
    [['lamp_set_level'], 'lamp_set_level'],
    [['lamp_*_level'], 'lamp_*_level'],
  ])('takes a tool as %j', async (words, tool) => {
    const run = await ownersShell()
    const made = await run.typing(typed, 'allow', ...words, '--on', 'lamp/bulb/*', '--name', 'mine', '--json')
    expect(made.code).toBe(0)
    expect(JSON.parse(made.output)).toMatchObject({ name: 'mine', tools: [tool], targets: ['lamp/bulb/*'], except: [] })
  })

  test('takes a passphrase that is set', async () => {
    const run = await shell()
    expect(await run.typing({}, 'allow', 'set_level')).toMatchObject({ code: 1, errors: expect.stringContaining('owner set-passphrase') })
  })

  test.each([
    [['lamp', 'set_levle'], 'Did you mean lamp_set_level'],
    [['lamp get_level'], 'No tool that writes'],
    [['lamp delete_lamp'], 'cannot be taken back'],
    [['lamp set_level', '--for', 'ever'], "'ever' is not a time"],
    [['lamp set_level', '--on', 'bulb'], '--on takes targets'],
  ])('refuses %j before it asks for anything', async (words, message) => {
    const run = await shell()
    const refused = await run.typing({}, 'allow', ...words)
    expect(refused.code).toBe(2)
    expect(refused.errors).toContain(message)
  })
})

describe('doctor', () => {
  const doctor = async (run: Shell, ...more: string[]) => (await run('doctor', ...demo, ...more)).output

  test('says that a person must agree and cannot, until there is a passphrase, and then how much waits for them', async () => {
    const run = await shell()
    await writeFile(join(run.directory, 'lab.yaml'), 'tier: operate\napproval: { tiers: { operate: human } }\n')
    expect(await doctor(run)).toMatch(/^warning +approval +A person must agree to some writes, and no passphrase is set/m)
    expect((await run('doctor', '--demo')).output).toMatch(/^ok +approval +no passphrase is set, and nothing here takes one/m)
    await run.typing(typed, 'owner', 'set-passphrase')
    await asked(run)
    expect(await doctor(run)).toMatch(/^ok +approval +a passphrase is set, its key is SHA256:\S+; 1 request waits for a person/m)
  })

  test.each(['true', '1', 'i-understand-the-assistant-can-break-this-lab'])('says that %j acknowledges nothing', async (said) => {
    const run = await shell({ RACKWARDEN_ADMIN: said })
    expect((await run('doctor', '--demo')).output).toMatch(/^warning +RACKWARDEN_ADMIN +It is set, but not to the text that counts/m)
  })

  test('says that the key is another one than the one that was set', async () => {
    const run = await ownersShell()
    await rm(join(run.directory, 'state', 'owner.json'))
    const gone = await run('doctor', '--demo')
    expect(gone).toMatchObject({ code: 1, output: expect.stringMatching(/^error +approval +The owner's key is gone/m) })
  })
})

describe('undo', () => {
  test('takes a change back on the path of every write', async () => {
    const run = await shell()
    const operate = ['--demo', '--tier', 'operate'] as const
    const plan = await run('call', 'set_level', 'level=7', ...operate)
    const line = /rackwarden-lamp (call .* confirm=\w+)$/.exec(plan.output)?.[1] ?? ''
    expect(await run(...line.split(' '))).toMatchObject({ code: 0 })
    const listed = JSON.parse((await run('changes', '--demo', '--json')).output) as { output: { changes: { id: string }[] } }
    const id = listed.output.changes[0]?.id ?? ''
    expect((await run('changes', id, '--demo')).output).toContain('set_level')
    expect((await run('changes', '--demo', '--tool', 'update_level')).output).not.toContain(id)
    const back = await run('undo', id, ...operate)
    expect(back.code).toBe(3)
    expect(back.output).toContain('Set the level to 1')
    const undoLine = /rackwarden-lamp (undo .*confirm=\w+)$/.exec(back.output)?.[1] ?? ''
    expect(undoLine).toMatch(new RegExp(`^undo ${id} --demo --tier operate confirm=`))
    expect(await run(...undoLine.split(' '))).toMatchObject({ code: 0, output: expect.stringContaining('DONE') })
    expect(await run('undo', '20260101T000000-aaaaaa', ...operate)).toMatchObject({ code: 1, errors: expect.stringContaining('not_found') })
  })
})
