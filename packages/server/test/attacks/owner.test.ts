import { adminAcknowledgement } from '@rackwarden/core'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { applicationOf } from '../../src/application.ts'
import { openApplication } from '../../src/cli/open.ts'
import { askedLab, labWords, type AskedLab } from '../asked-lab.ts'
import { bundled } from '../bundle.ts'
import { lamp } from '../fixture-service.ts'
import { temporaryDirectory } from '../lab.ts'
import { proper, rpc, send } from '../raw.ts'
import { ownersDesk, passphrase, type OwnersDesk } from './owners-desk.ts'

const bin = await bundled('lamp-bin')

interface Asked {
  text: string
  id: string
  confirm: string
}

/** A lab whose owner has set a passphrase. */
async function ownedLab(more: Record<string, string> = {}): Promise<{ lab: AskedLab; desk: OwnersDesk }> {
  const lab = await askedLab(bin, more)
  const desk = ownersDesk(lab)
  await desk.owner.setPassphrase(passphrase)
  return { lab, desk }
}

async function call(port: number, name: string, input: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const { status, text } = await send(port, { headers: { ...proper, ...headers }, body: rpc('tools/call', { name, arguments: input }) })
  if (status !== 200) return String(status)
  return (JSON.parse(text) as { result: { content: { text: string }[] } }).result.content[0]?.text ?? ''
}

async function ask(port: number, level = 7): Promise<Asked> {
  const text = await call(port, 'set_level', { level })
  return { text, id: /approve (\S+) --demo/.exec(text)?.[1] ?? '', confirm: /confirm: (\w+)/.exec(text)?.[1] ?? '' }
}

async function whole(lab: AskedLab) {
  return (await lab.audit()).filter(({ kind }) => kind === 'intent' || kind === 'outcome')
}

describe('an assistant with tools alone', () => {
  test('finds no tool that approves, allows, sets a passphrase or makes a token', async () => {
    const { lab } = await ownedLab({
      configuration: 'tier: admin\napproval: { tiers: { operate: human } }\n',
      RACKWARDEN_ADMIN: adminAcknowledgement,
    })
    const { port } = await lab.serve()
    const listed = await send(port, { headers: proper, body: rpc('tools/list') })
    const { tools } = (JSON.parse(listed.text) as { result: { tools: { name: string; annotations?: { readOnlyHint?: boolean } }[] } })
      .result
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name)).toEqual([
      'cancel_operation',
      'delete_lamp',
      'set_level',
      'undo_change',
      'update_level',
    ])
    const { id, confirm } = await ask(port)
    for (const name of ['approve', 'approve_request', 'allow', 'decide', 'set_passphrase', 'create_token'])
      expect(await call(port, name, { id, approval: id, confirm })).toMatch(/^not_found: /)
    expect(await call(port, 'list_approvals', { id, decision: 'approved' })).toMatch(/^invalid_input: /)
    expect(await call(port, 'set_level', { level: 7, confirm, approval: 'human', approved: true })).toMatch(/^invalid_input: /)
    expect(await call(port, 'set_level', { level: 7, confirm })).toMatch(/^PENDING/)
    const audit = await lab.audit()
    expect(audit.filter(({ result }) => result === 'error').length).toBe(8)
    expect(audit.filter(({ kind }) => kind === 'outcome')).toEqual([])
  })

  test.each([{ tier: 'admin' }, { RACKWARDEN_TIER: 'admin' }, { caller: { tier: 'admin' } }])(
    'raises no tier by %j in a call',
    async (more) => {
      const { lab } = await ownedLab()
      const { port } = await lab.serve()
      expect(await call(port, 'delete_lamp', more)).toMatch(/^(?:denied|invalid_input): /)
      expect(await call(port, 'delete_lamp')).toMatch(/^denied: /)
      expect((await lab.audit()).filter(({ tool, result }) => tool === 'delete_lamp' && result === 'error')).toHaveLength(2)
    },
  )

  test('takes back nothing by undo that a person must agree to', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const { id, confirm } = await ask(port)
    await desk.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase })
    const done = await call(port, 'set_level', { level: 7, confirm })
    const change = /Change (\S+);/.exec(done)?.[1] ?? ''
    expect(await call(port, 'undo_change', { change })).toMatch(/^PENDING/)
    expect(await call(port, 'get_level')).toContain('level: 7')
  })
})

describe('an assistant that can write our files', () => {
  test('changes nothing of a running process by its environment', async () => {
    const directory = await temporaryDirectory()
    const environment: Record<string, string> = { RACKWARDEN_STATE_DIR: directory, RACKWARDEN_TIER: 'operate' }
    const terminal = { print: () => undefined, complain: () => undefined, environment, directory }
    const opened = await openApplication(applicationOf(lamp), { demo: true }, terminal)
    const { catalogue, caller } = opened
    environment['RACKWARDEN_TIER'] = 'admin'
    environment['RACKWARDEN_ADMIN'] = adminAcknowledgement
    expect(await catalogue.call({ name: 'delete_lamp', input: {}, caller: { ...caller, tier: 'admin' } })).toMatchObject({
      error: { code: 'denied' },
    })
    await opened.close()
  })

  test('changes nothing of a running process by its configuration', async () => {
    const { lab } = await ownedLab({ RACKWARDEN_ADMIN: adminAcknowledgement })
    const { port } = await lab.serve()
    await writeFile(join(lab.directory, 'lab.yaml'), 'tier: admin\napproval: { tiers: { operate: none, admin: none } }\n')
    expect(await call(port, 'delete_lamp')).toMatch(/^denied: /)
    expect((await ask(port)).text).toMatch(/^PENDING/)
    expect(await whole(lab)).toEqual([])
  })

  test('is let in with no token it wrote or altered, and the audit names it', async () => {
    const { lab, desk } = await ownedLab()
    const { token } = await desk.tokens.create({ name: 'phone', tier: 'observe' }, passphrase)
    const { port } = await lab.serve()
    const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
    expect(await call(port, 'get_level', {}, bearer(token))).toContain('level: 1')
    const file = join(lab.stateDirectory, 'tokens.json')
    const tokens = (JSON.parse(await readFile(file, 'utf8')) as { tokens: Record<string, unknown>[] }).tokens
    const forged = await desk.forge({ name: 'ghost', tier: 'operate' })
    // One that is limited to less than it was signed for is no other token's, either.
    await writeFile(file, JSON.stringify({ tokens: [{ ...tokens[0], toolsets: { lamp: ['light'] } }] }))
    await vi.waitFor(async () => expect(await call(port, 'get_level', {}, bearer(token))).toBe('401'), { timeout: 5_000 })
    await writeFile(file, JSON.stringify({ tokens: [{ ...tokens[0], tier: 'operate' }, forged.record] }))
    await vi.waitFor(async () => expect(await call(port, 'get_level', {}, bearer(token))).toBe('401'), { timeout: 5_000 })
    expect(await call(port, 'get_level', {}, bearer(forged.token))).toBe('401')
    expect(await call(port, 'get_level')).toBe('401')
    const told = (await lab.audit()).filter(({ tool }) => tool === 'token')
    expect(told.map(({ principal, error }) => [principal, error])).toEqual([
      ['token:phone', "denied: The token 'phone' is not signed by the owner."],
      ['token:ghost', "denied: The token 'ghost' is not signed by the owner."],
    ])
    const doctor = lab.start('doctor', '--demo')
    await doctor.gone
    expect(doctor.output()).toContain('not signed by the owner, and refused: phone, ghost')
  })

  test('is let in with no token from before the passphrase, unless the owner signs it', async () => {
    const lab = await askedLab(bin)
    const desk = ownersDesk(lab)
    const { token } = await desk.tokens.create({ name: 'phone', tier: 'operate' })
    const { port } = await lab.serve()
    const bearer = { authorization: `Bearer ${token}` }
    expect(await call(port, 'get_level', {}, bearer)).toContain('level: 1')
    await desk.owner.setPassphrase(passphrase)
    await vi.waitFor(async () => expect(await call(port, 'get_level', {}, bearer)).toBe('401'), { timeout: 5_000 })
    await desk.tokens.sign(['phone'], passphrase)
    await vi.waitFor(async () => expect(await call(port, 'get_level', {}, bearer)).toContain('level: 1'), { timeout: 5_000 })
  })

  test('gains nothing where it takes the key away while a process runs', async () => {
    const { lab, desk } = await ownedLab()
    const key = await desk.owner.fingerprint()
    await desk.note(key)
    const { port } = await lab.serve()
    const { id, confirm } = await ask(port)
    await rm(join(lab.stateDirectory, 'owner.json'))
    await expect(desk.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase })).rejects.toMatchObject({ code: 'denied' })
    expect(await call(port, 'set_level', { level: 7, confirm })).toMatch(/^PENDING/)
    const doctor = lab.start('doctor', '--demo')
    expect(await doctor.gone).toBe(1)
    expect(doctor.output()).toContain(`The owner's key is gone; the audit says that it was ${key}`)
    expect(await whole(lab)).toEqual([])
  })

  test('gains nothing where it puts a key of its own in the place of the owner while a process runs', async () => {
    const { lab, desk } = await ownedLab()
    const key = await desk.owner.fingerprint()
    await desk.note(key)
    const { port, running } = await lab.serve()
    const { id, confirm } = await ask(port)
    await rm(join(lab.stateDirectory, 'owner.json'))
    const thief = ownersDesk(lab)
    await thief.owner.setPassphrase('passphrase of a thief')
    await thief.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase: 'passphrase of a thief' })
    expect(await call(port, 'set_level', { level: 7, confirm })).toMatch(/^PENDING/)
    await expect.poll(() => running.errors()).toContain('is not the one this process began with')
    const doctor = lab.start('doctor', '--demo')
    expect(await doctor.gone).toBe(1)
    expect(doctor.output()).toContain(`the audit says that it was ${key}`)
    expect(await whole(lab)).toEqual([])
  })

  test('gains nothing by the approval of another request, or by one without a signature', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const [first, second] = [await ask(port, 7), await ask(port, 8)]
    await desk.requests.decide(first.id, { decision: 'approved', by: 'cli:me', passphrase })
    const decisions = join(lab.stateDirectory, 'decisions')
    await cp(join(decisions, `${first.id}.json`), join(decisions, `${second.id}.json`))
    expect(await call(port, 'set_level', { level: 8, confirm: second.confirm })).toMatch(/^PENDING/)
    await writeFile(join(decisions, `${second.id}.json`), '{"decision":"approved","by":"cli:me","at":"2026-01-01T00:00:00.000Z"}')
    expect(await call(port, 'set_level', { level: 8, confirm: second.confirm })).toMatch(/^PENDING/)
    expect(await call(port, 'set_level', { level: 8, confirm: first.confirm })).toMatch(/^denied: /)
    expect(await whole(lab)).toEqual([])
  })

  test('gets no yes to a request it made read more harmless than its plan', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const { id, confirm } = await ask(port)
    const path = join(lab.stateDirectory, 'approvals', `${id}.json`)
    await writeFile(path, (await readFile(path, 'utf8')).replace('Set the level to 7', 'Set the level to 1'))
    await desk.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase })
    expect(await call(port, 'set_level', { level: 7, confirm })).toMatch(/^denied: What was put to the person is not this plan/)
    expect(await whole(lab)).toEqual([])
  })

  test('gets no yes to a request it rewrote while a person read it', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const { id } = await ask(port)
    const shown = (await desk.requests.get(id))!.request
    const path = join(lab.stateDirectory, 'approvals', `${id}.json`)
    await writeFile(path, (await readFile(path, 'utf8')).replace('Set the level to 7', 'Set the level to 9'))
    await expect(desk.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase, shown })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('rewritten'),
    })
  })

  test('widens no rule', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const until = new Date(Date.now() + 60_000).toISOString()
    await desk.rules.allow({ name: 'fade', tools: ['lamp_update_level'], except: [], until, by: 'cli:me' }, passphrase)
    const path = join(lab.stateDirectory, 'rules', 'fade.json')
    const rule = await readFile(path, 'utf8')
    await writeFile(path, rule.replace('lamp_update_level', 'lamp_*'))
    expect((await ask(port)).text).toMatch(/^PENDING/)
    await writeFile(join(lab.stateDirectory, 'rules', 'more.json'), rule.replace('"fade"', '"more"').replace('update', 'set'))
    expect((await ask(port)).text).toMatch(/^PENDING/)
    expect(await whole(lab)).toEqual([])
  })
})

describe('an approval', () => {
  test('is for once: of processes that spend it at the same time exactly one does anything', async () => {
    const { lab, desk } = await ownedLab()
    const asking = lab.start('call', 'set_level', 'level=7', ...labWords, '--json')
    expect(await asking.gone).toBe(3)
    const { approval, plan } = JSON.parse(asking.output()) as { approval: string; plan: { confirm: string } }
    await desk.requests.decide(approval, { decision: 'approved', by: 'cli:me', passphrase })
    const spent = Array.from({ length: 4 }, () => lab.start('call', 'set_level', 'level=7', ...labWords, `confirm=${plan.confirm}`))
    await Promise.all(spent.map(({ gone }) => gone))
    expect(spent.filter(({ output }) => output().startsWith('DONE'))).toHaveLength(1)
    for (const { output, errors } of spent)
      expect(output() + errors()).toMatch(/DONE|nothing was done again|conflict: The plan (?:was|is being) claimed/)
    expect((await lab.audit()).filter(({ kind }) => kind === 'outcome')).toHaveLength(1)
    expect(await readdir(join(lab.stateDirectory, 'changes'))).toHaveLength(1)
    const next = lab.start('call', 'set_level', 'level=7', ...labWords)
    expect(await next.gone).toBe(3)
    expect(next.output()).toContain('PENDING')
  })

  test('comes too late once the request is past, and the attempt is in the audit', async () => {
    const { lab, desk } = await ownedLab()
    const { port } = await lab.serve()
    const { id } = await ask(port)
    const path = join(lab.stateDirectory, 'approvals', `${id}.json`)
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"expires_at":"[^"]+"/, '"expires_at":"2026-01-01T00:00:00.000Z"'))
    await expect(desk.requests.decide(id, { decision: 'approved', by: 'cli:me', passphrase })).rejects.toMatchObject({ code: 'denied' })
    const late = lab.start('approve', id)
    expect(await late.gone).toBe(1)
    expect(late.errors()).toContain('is past')
    expect(await lab.audit()).toContainEqual(expect.objectContaining({ kind: 'approval', call: id, result: 'error' }))
  })
})
