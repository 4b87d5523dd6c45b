import { describe, expect, test } from 'vitest'
import { codeOf, openShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const input = { name: 'lamp', value: 'on' }

describe('what is refused', () => {
  test.each([
    ['process', { tier: 'observe' as const }, {}],
    ['service', { serviceTier: 'operate' as const }, {}],
    ['principal', {}, { tier: 'observe' as const }],
  ])('a tool above the tier of the %s is not listed, and asking for it says what it needs', async (_, options, caller) => {
    const { call, catalogue } = await openShelves({ main: createShelf() }, options)
    const view = { caller: { principal: 'local:tester', tier: 'configure' as const, ...caller } }
    expect(catalogue.list(view).map(({ name }) => name)).not.toContain('shelf_add_entry')
    const result = await call('shelf_add_entry', input, caller)
    expect(codeOf(result)).toBe('denied')
    expect(result.text).toContain('--tier configure')
  })

  test('admin is not granted without its acknowledgement, whatever the configuration says', async () => {
    const { call, catalogue } = await openShelves({ main: createShelf() }, { tier: 'admin' })
    expect(catalogue.list({ caller: { principal: 'local:tester', tier: 'admin' } }).map(({ name }) => name)).not.toContain(
      'shelf_delete_shelf',
    )
    expect(codeOf(await call('shelf_delete_shelf', {}, { tier: 'admin' }))).toBe('denied')
  })

  test('unknown tools, unknown inputs and wrong values are told with what would be right', async () => {
    const { call } = await openShelves({ main: createShelf() })
    expect((await call('shelf_get_entri')).text).toContain("Did you mean 'shelf_get_entry'?")
    expect((await call('shelf_get_entry', { nam: 'x' })).text).toBe(
      "invalid_input: There is no input 'nam'. Did you mean 'name'?\nThe inputs are: name.",
    )
    expect((await call('shelf_list_entries', { limit: 'many' })).text).toMatch(/^invalid_input: limit: /)
    expect((await call('shelf_get_entry', {})).text).toMatch(/^invalid_input: name: it is missing$/m)
    expect((await call('shelf_list_entries', { limit: '10' })).kind).toBe('done')
    expect(codeOf(await call('shelf_get_entry', { name: 'x', confirm: 'A'.repeat(16) }))).toBe('invalid_input')
  })

  test('a principal limited to other services, and a view of another, do not see the tool', async () => {
    const { call } = await openShelves({ main: createShelf() })
    expect(codeOf(await call('shelf_list_entries', {}, { services: ['docker'] }))).toBe('not_found')
    expect(codeOf(await call('shelf_list_entries', {}, { service: 'docker' }))).toBe('not_found')
    expect((await call('service_health', {}, { services: ['docker'] })).text).not.toContain('shelf')
  })

  test('what fails unexpectedly tells the caller nothing of its inside, and the log everything', async () => {
    const shelf = createShelf()
    const { call, log } = await openShelves({ main: shelf })
    shelf.failure = new Error('at /secret/path with hunter2')
    const result = await call('shelf_list_entries')
    expect(result.text).toBe('upstream: The tool failed unexpectedly.\nThe log of the server says more.')
    expect(log.join('\n')).toContain('hunter2')
  })

  test('a hint that names a tool of the service names it as it is listed', async () => {
    const { call } = await openShelves({ main: createShelf() })
    expect((await call('shelf_get_entry', { name: 'x' })).text).toBe("not_found: There is no entry 'x'.\nshelf_list_entries shows them.")
  })
})
