import { anything, assert, asyncProperty, constantFrom, json, oneof, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchAudit, type Caller, type CallResult, type Catalogue } from '../../src/runtime.ts'
import { askedIn, createPantry, whichJar } from '../foreign-pantry.ts'
import { openShelves, codeOf, tokenOf } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const caller: Caller = { principal: 'local:tester', tier: 'configure' }

function searching(catalogue: Catalogue, own: Partial<Caller> = {}) {
  return (name: string, input: Record<string, unknown> = {}): Promise<CallResult> =>
    catalogue.call({ name, input, caller: { ...caller, ...own }, exposure: 'search' })
}

function namesIn(catalogue: Catalogue, own: Partial<Caller> = {}): string[] {
  return catalogue.list({ caller: { ...caller, ...own }, exposure: 'search' }).map(({ name }) => name)
}

describe('the list in search mode', () => {
  test('is a few tools, and one that calls others for each access that is granted', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const always = ['describe_tool', 'find_asset', 'needs_attention', 'search_tools', 'service_health']
    expect(namesIn(catalogue, { tier: 'observe' })).toEqual(['call_observe', ...always])
    expect(namesIn(catalogue, { tier: 'operate' })).toEqual(['call_observe', 'call_operate', ...always])
    expect(namesIn(catalogue)).toEqual(['call_configure', 'call_observe', 'call_operate', ...always])
  })

  test('calls nothing of an access no tool here has', async () => {
    const { catalogue } = await openShelves({ main: createShelf() }, { toolsOff: ['add_entry', 'set_entry', 'remove_entry'] })
    expect(namesIn(catalogue)).not.toContain('call_configure')
  })

  test('is the same array as long as nothing changed', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const list = () => catalogue.list({ caller, exposure: 'search' })
    expect(list()).toBe(list())
    expect(list()).not.toBe(catalogue.list({ caller }))
  })

  test('says of each of its tools what it may do', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const hints = new Map(catalogue.list({ caller, exposure: 'search' }).map(({ name, annotations }) => [name, annotations]))
    expect(hints.get('search_tools')).toEqual({ readOnlyHint: true })
    expect(hints.get('call_observe')).toEqual({ readOnlyHint: true })
    expect(hints.get('call_operate')).toEqual({ destructiveHint: false })
  })

  test('comes with instructions that say how to go about it', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const text = catalogue.instructions({ caller, exposure: 'search' })
    expect(text).toMatch(/search_tools finds the others/)
    expect(catalogue.instructions({ caller })).not.toMatch(/search_tools/)
  })
})

describe('search_tools', () => {
  test('answers the tools a task needs, what calls them, and their inputs', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue)('search_tools', { query: 'put a value on the shelf', limit: 1 })
    expect(text).toBe(
      [
        'shelf_add_entry (call_configure): Put a value on the shelf.',
        '  name: string (required), Name of the entry; value: string (required)',
        '1 of 8 shown; limit shows more.',
      ].join('\n'),
    )
  })

  test('finds what is above the tier, and says how the owner grants it', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue, { tier: 'observe' })('search_tools', { query: 'restart the bell', limit: 1 })
    expect(text).toMatch(
      /^shelf_restart_bell \(needs the tier operate\): Rings the bell anew\.\nthe tier operate: The owner grants it with --tier operate/,
    )
  })

  test('finds a tool by its name, and nothing besides', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue)('search_tools', { query: 'shelf_get_entry' })
    expect(text).toMatch(/^shelf_get_entry \(call_observe\): .*\n {2}name: string \(required\), Name of the entry$/)
  })

  test('finds nothing of a service its caller does not see', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue, { services: [] })('search_tools', { query: 'shelf_get_entry, put a value on the shelf' })
    expect(text).not.toMatch(/shelf_/)
    const away = searching(catalogue, { services: [] })
    expect(codeOf(await away('describe_tool', { tool: 'shelf_get_entry' }))).toBe('not_found')
    expect(codeOf(await away('call_observe', { tool: 'shelf_get_entry', input: { name: 'a' } }))).toBe('not_found')
  })

  test('says so where no word leads anywhere', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    expect((await searching(catalogue)('search_tools', { query: 'xyzzy' })).text).toMatch(/^No tool is led to by these words/)
  })

  test('takes a question of ten megabytes', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const result = await searching(catalogue)('search_tools', { query: `restart the bell ${'x y '.repeat(2_500_000)}` })
    expect(result.text).toMatch(/^shelf_restart_bell/)
  })

  test('is there in every mode, as what it leads to is', async () => {
    const { call } = await openShelves({ main: createShelf({ a: '1' }) })
    expect((await call('search_tools', { query: 'shelf_get_entry' })).text).toMatch(/^shelf_get_entry \(listed\)/)
    expect((await call('call_observe', { tool: 'shelf_get_entry', input: { name: 'a' } })).text).toMatch(/value: 1/)
  })
})

describe('tools that come and go', () => {
  test('are found as long as they are there, and called', async () => {
    const foreign = createPantry()
    const { catalogue } = await openShelves({ main: createShelf() }, { foreign })
    const call = searching(catalogue)
    const find = async () => (await call('search_tools', { query: 'open the marmalade' })).text
    expect(await find()).toMatch(/^No tool/)
    foreign.offer({ open_marmalade: () => 'open' })
    expect(await find()).toMatch(/^pantry_open_marmalade \(call_observe\): Does open_marmalade\.\n {2}jar: string$/)
    expect((await call('call_observe', { tool: 'pantry_open_marmalade' })).text).toMatch(/open/)
    foreign.withdraw(true)
    expect(await find()).toMatch(/^No tool/)
    foreign.withdraw(false)
    expect(await find()).toMatch(/^pantry_open_marmalade/)
    foreign.offer({})
    expect(await find()).toMatch(/^No tool/)
  })

  test('ask in the middle of a call that came through another tool, and go on with the answer', async () => {
    const foreign = createPantry()
    const { catalogue } = await openShelves({ main: createShelf() }, { foreign })
    foreign.offer({ open_jar: async (_, { ask }) => JSON.stringify(await ask(whichJar)) })
    const request = { name: 'call_observe', input: { tool: 'pantry_open_jar' }, caller, exposure: 'search' } as const
    const askable = ['elicitation'] as const
    const { state } = askedIn(await catalogue.call({ ...request, client: { askable } }))
    const given = { question_1: { action: 'accept', content: { jar: 'plum' } } }
    expect((await catalogue.call({ ...request, client: { askable, answers: { given, state } } })).text).toMatch(/plum/)
  })
})

describe('describe_tool', () => {
  test('shows the whole schema of one tool', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue)('describe_tool', { tool: 'shelf_add_entry' })
    expect(text).toMatch(
      /^shelf_add_entry: Put a value on the shelf\.\ncall with: call_configure\ninput: \{"type":"object".*"required":\["name","value"\]\}$/,
    )
  })

  test('suggests the name that was meant', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const { text } = await searching(catalogue)('describe_tool', { tool: 'shelf_ad_entry' })
    expect(text).toMatch(/Did you mean 'shelf_add_entry'\?/)
  })
})

describe('a call through another tool', () => {
  test('is that of the tool that is named, with its plan, its journal and its audit', async () => {
    const { catalogue, stateDirectory } = await openShelves({ main: createShelf() })
    const call = searching(catalogue)
    const planned = await call('call_configure', { tool: 'shelf_add_entry', input: { name: 'a', value: '1' } })
    const confirm = tokenOf(planned)
    expect(planned).toMatchObject({ kind: 'plan', plan: { tool: 'shelf_add_entry' } })
    expect(planned.text).toContain(
      `then call call_configure again with tool: shelf_add_entry, the same input and confirm: ${confirm} (once,`,
    )
    const done = await call('call_configure', { tool: 'shelf_add_entry', input: { name: 'a', value: '1' }, confirm })
    expect(done).toMatchObject({ kind: 'done' })
    expect((await call('call_observe', { tool: 'list_changes' })).text).toMatch(/add_entry/)
    await catalogue.runtime.audit.flush()
    const tools: string[] = []
    for await (const { line } of searchAudit(stateDirectory, {})) tools.push(line.tool)
    expect(tools).not.toContain('call_configure')
    expect(tools).toContain('shelf_add_entry')
  })

  test('confirms what was planned without it, and the other way round', async () => {
    const shelf = createShelf()
    const { call, catalogue } = await openShelves({ main: shelf })
    const through = searching(catalogue)
    const one = { name: 'a', value: '1' }
    const planned = tokenOf(await call('shelf_add_entry', one))
    expect((await through('call_configure', { tool: 'shelf_add_entry', input: one, confirm: planned })).kind).toBe('done')
    const other = { name: 'b', value: '2' }
    const again = tokenOf(await through('call_configure', { tool: 'shelf_add_entry', input: other }))
    expect((await call('shelf_add_entry', { ...other, confirm: again })).kind).toBe('done')
    expect([...shelf.entries]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })

  test('may send its input as JSON text, and its token within the input', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const call = searching(catalogue)
    const input = { name: 'a', value: '1' }
    const confirm = tokenOf(await call('call_configure', { tool: 'shelf_add_entry', input: JSON.stringify(input) }))
    expect((await call('call_configure', { tool: 'shelf_add_entry', input: JSON.stringify({ ...input, confirm }) })).kind).toBe('done')
  })

  test('is refused where the tool is of another access, saying what calls it', async () => {
    const shelf = createShelf()
    const { catalogue } = await openShelves({ main: shelf })
    for (const [by, tool, right] of [
      ['call_observe', 'shelf_add_entry', 'call_configure'],
      ['call_operate', 'shelf_get_entry', 'call_observe'],
      ['call_configure', 'shelf_restart_bell', 'call_operate'],
    ] as const) {
      const refused = await searching(catalogue)(by, { tool, input: { name: 'a', value: '1' } })
      expect(codeOf(refused)).toBe('invalid_input')
      expect(refused.text).toContain(`Call ${right} with the same tool and input.`)
    }
    expect(shelf.writes).toBe(0)
  })

  test('takes no more than the tier of its caller, like any other', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const refused = await searching(catalogue, { tier: 'observe' })('call_configure', {
      tool: 'shelf_add_entry',
      input: { name: 'a', value: '1' },
    })
    expect(codeOf(refused)).toBe('denied')
  })

  test('says what is wrong with it', async () => {
    const { catalogue } = await openShelves({ main: createShelf() })
    const call = searching(catalogue)
    for (const [input, told] of [
      [{}, /'tool' must be the name of a tool/],
      [{ tool: 'call_observe' }, /call_observe calls other tools itself/],
      [{ tool: 'shelf_get_entri', input: { name: 'a' } }, /Did you mean 'shelf_get_entry'\?\nsearch_tools finds/],
      [{ tool: 'shelf_get_entry', name: 'a' }, /There is no input 'name' beside 'tool'[^]*stands in 'input'/],
      [{ tool: 'shelf_get_entry', input: '[1]' }, /'input' must be an object/],
      [{ tool: 'shelf_get_entry', input: '{"name":' }, /'input' must be an object/],
      [{ tool: 'shelf_get_entry', input: { nam: 'a' } }, /There is no input 'nam'\. Did you mean 'name'/],
      [{ tool: 'shelf_get_entry', input: { confirm: 'A' }, confirm: 'B' }, /'confirm' stands beside 'input' and in it/],
      [{ tool: 'shelf_get_entry', input: { name: 'a' }, confirm: 'B' }, /only reads/],
    ] as const)
      expect((await call('call_observe', input)).text).toMatch(told)
  })

  test('never does anything without a plan, whatever is sent', async () => {
    const shelf = createShelf({ a: '1' })
    const { catalogue } = await openShelves({ main: shelf })
    const call = searching(catalogue)
    const tool = oneof(constantFrom('shelf_add_entry', 'shelf_remove_entry', 'shelf_restart_bell', 'call_operate'), anything())
    const input = oneof(constantFrom({ name: 'a' }, '{"name":"a","value":"2"}'), anything(), json())
    const given = record({ tool, input, confirm: anything(), instance: anything() }, { requiredKeys: [] })
    await assert(
      asyncProperty(constantFrom('call_observe', 'call_operate', 'call_configure', 'call_admin'), given, async (name, all) => {
        const { kind } = await call(name, all)
        expect(['error', 'plan']).toContain(kind)
      }),
      { numRuns: 200 },
    )
    expect([shelf.writes, shelf.rings]).toEqual([0, 0])
  })
})
