import { describe, expect, test } from 'vitest'
import { shell } from './shell.ts'

function parsed(text: string): unknown {
  return JSON.parse(text)
}

describe('call', () => {
  test('prints what a model would read, and with --json the typed object', async () => {
    const run = await shell()
    expect(await run('call', 'get_level', '--demo')).toMatchObject({ code: 0, output: expect.stringContaining('level: 1'), errors: '' })
    const { code, output } = await run('call', 'get_level', '--demo', '--json')
    expect(code).toBe(0)
    expect(parsed(output)).toEqual({ kind: 'done', output: { level: 1, precise: false, rooms: [] } })
  })

  test('reads values as the types of the tool, and takes the prefixed name', async () => {
    const run = await shell()
    const { output } = await run('call', 'lamp_get_level', 'precise=true', 'rooms=["hall","=attic="]', '--demo', '--json')
    expect(parsed(output)).toMatchObject({ output: { precise: true, rooms: ['hall', '=attic='] } })
    const whole = await run('call', 'get_level', '--input', '{"precise":true,"rooms":["cellar"]}', 'precise=false', '--demo', '--json')
    expect(parsed(whole.output)).toMatchObject({ output: { precise: false, rooms: ['cellar'] } })
  })

  test('ends a plan with 3 and the line that runs it, and that line runs it', async () => {
    const run = await shell()
    const plan = await run('call', 'set_level', 'level=7', '--demo', '--tier', 'operate')
    expect(plan).toMatchObject({ code: 3, errors: '' })
    const line = /rackwarden-lamp (call .* confirm=\w+)$/.exec(plan.output)?.[1]
    expect(line).toMatch(/^call set_level level=7 --demo --tier operate confirm=/)
    const done = await run(...line!.split(' '))
    expect(done).toMatchObject({ code: 0, errors: '' })
    expect(await run(...line!.split(' '))).toMatchObject({ code: 0, output: expect.stringContaining('Already carried out') })
    const other = await run(...line!.replace('level=7', 'level=8').split(' '))
    expect(other).toMatchObject({ code: 1, errors: expect.stringMatching(/^error: denied: /) })
  })

  test('gives the plan as an object with its token', async () => {
    const run = await shell()
    const { code, output } = await run('call', 'set_level', 'level=7', '--demo', '--tier', 'operate', '--json')
    expect(code).toBe(3)
    expect(parsed(output)).toMatchObject({
      kind: 'plan',
      plan: { tool: 'set_level', summary: 'Set the level to 7', confirm: expect.any(String) },
    })
  })

  test.each([
    ['what is not there', ['call', 'get_fuse', 'name=main'], 1, 'error: not_found: There is no fuse'],
    ['a tier that is too low', ['call', 'set_level', 'level=7'], 1, "error: denied: set_level needs the tier 'operate'"],
    ['a tool nobody has', ['call', 'get_moon'], 2, 'error: not_found: There is no tool'],
    ['a value of another type', ['call', 'get_level', 'precise=perhaps'], 2, "error: invalid_input: 'precise' must be boolean"],
    ['a list that is not JSON', ['call', 'get_level', 'rooms=hall'], 2, "error: invalid_input: 'rooms' must be array"],
    ['a value beyond its bounds', ['call', 'set_level', 'level=99', '--tier', 'operate'], 2, 'error: invalid_input: '],
    ['the prototype as an input', ['call', 'get_level', '__proto__=x'], 2, "error: invalid_input: There is no input '__proto__'."],
    ['a word that is no pair', ['call', 'get_level', 'precise'], 2, "error: invalid_input: 'precise' is not key=value"],
    ['an input that is no object', ['call', 'get_level', '--input', '[1]'], 2, 'error: invalid_input: --input must be a JSON object'],
    ['a tier that is none', ['call', 'get_level', '--tier', 'root'], 2, "error: invalid_input: --tier: 'root' is not a tier"],
    [
      'the tier admin',
      ['tools', '--tier', 'admin'],
      2,
      "error: invalid_input: --tier: the tier 'admin' is not granted without RACKWARDEN_ADMIN",
    ],
  ])('says in one line what is wrong with %s, and what to do in the next', async (_, argv, code, message) => {
    const run = await shell()
    const ran = await run(...argv, '--demo')
    expect(ran).toMatchObject({ code, output: '', errors: expect.stringContaining(message) })
    expect(ran.errors.split('\n').length).toBeLessThanOrEqual(2)
    expect(ran.errors).not.toMatch(/\n\s+at /)
  })
})

describe('the command line', () => {
  test.each([[['frobnicate']], [['call']], [['tools', '--frob']], [['serve', '--results', 'prose']], [['token', 'frob']]])(
    'ends %j with 2',
    async (argv) => {
      const run = await shell()
      expect(await run(...argv)).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('error: ') })
    },
  )

  test('tells its version and its commands', async () => {
    const run = await shell()
    expect(await run('--version')).toEqual({ code: 0, output: '4.5.6', errors: '' })
    const help = await run('--help')
    expect(help).toMatchObject({ code: 0, errors: '' })
    for (const command of ['serve', 'doctor', 'tools', 'call', 'audit', 'token', 'approve', 'reject', 'allow', 'owner', 'undo'])
      expect(help.output).toContain(command)
  })

  test('lists the tools of the tier with what each costs', async () => {
    const run = await shell()
    const listed = await run('tools', '--demo', '--json')
    const rows = parsed(listed.output) as { name: string; access: string; tokens: number }[]
    const names = rows.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['get_fuse', 'get_level', 'service_health']))
    expect(names).not.toContain('set_level')
    expect(names).toEqual(names.toSorted((first, second) => (first < second ? -1 : 1)))
    expect(rows.every(({ tokens }) => tokens > 20 && tokens < 400)).toBe(true)
    const table = await run('tools', '--demo', '--tier', 'operate')
    expect(table.output).toMatch(/^set_level +operate +\d+ +Make the lamp brighter or darker\.$/m)
  })

  test('says how everything is, and ends with 1 where something is wrong', async () => {
    const run = await shell()
    expect(await run('doctor', '--demo')).toMatchObject({ code: 0, output: expect.stringMatching(/^ok +lamp +.*level 1/m) })
    const unconfigured = await run('doctor', '--json')
    expect(parsed(unconfigured.output)).toContainEqual(
      expect.objectContaining({ subject: 'lamp', fix: expect.stringContaining('LAMP_URL') }),
    )
    const broken = await shell({ LAMP_URL: 'http://127.0.0.1:9' })
    expect(await broken('doctor')).toMatchObject({ code: 1, output: expect.stringContaining('LAMP_PASSWORD') })
  })

  test('refuses a configuration that cannot be read, naming it', async () => {
    const run = await shell()
    expect(await run('tools', '--config', 'missing.yaml')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^error: invalid_config: .*missing\.yaml/),
    })
    const mistyped = await shell({ RACKWARDEN_TIER: 'operator' })
    expect(await mistyped('tools')).toMatchObject({ code: 1, errors: expect.stringContaining('RACKWARDEN_TIER') })
  })

  test('makes, lists, turns and takes back tokens, and shows a secret once', async () => {
    const run = await shell()
    const made = await run('token', 'create', 'laptop', '--tier', 'operate', '--services', 'lamp', '--expires', '30d')
    expect(made.output).toMatch(/^rw_[\w-]{43}$/)
    const listed = await run('token', 'list', '--json')
    expect(parsed(listed.output)).toEqual([expect.objectContaining({ name: 'laptop', tier: 'operate', services: ['lamp'] })])
    expect(listed.output).not.toContain('hash')
    expect((await run('token', 'rotate', 'laptop')).output).not.toBe(made.output)
    expect(await run('token', 'create', 'laptop')).toMatchObject({ code: 1, errors: expect.stringContaining('error: conflict') })
    expect(await run('token', 'create', 'other', '--services', 'moon')).toMatchObject({ code: 2 })
    expect(await run('token', 'create', 'other', '--tier', 'admin')).toMatchObject({ code: 2 })
    expect(await run('token', 'revoke', 'laptop')).toMatchObject({ code: 0 })
    expect(await run('token', 'revoke', 'laptop')).toMatchObject({ code: 1 })
    expect(await run('token', 'list')).toMatchObject({ code: 0, output: 'There are no tokens.' })
  })

  test('refuses to serve the network without a token', async () => {
    const run = await shell()
    expect(await run('serve', '--demo', '--http', '0.0.0.0:0')).toMatchObject({ code: 1, errors: expect.stringContaining('token create') })
    const short = await shell({ RACKWARDEN_HTTP: '127.0.0.1:0', RACKWARDEN_TOKEN: 'short' })
    expect(await short()).toMatchObject({ code: 1, errors: expect.stringContaining('fewer than 32 bytes') })
    expect(await run('serve', '--demo', '--http', 'host:port:x')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('not an address'),
    })
  })
})
