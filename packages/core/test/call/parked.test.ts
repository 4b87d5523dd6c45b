import { searchAudit, type Progress, type Respondent } from '@rackwarden/core/runtime'
import { ToolError } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { askedIn, createPantry, whichJar, type Doing } from '../foreign-pantry.ts'
import { codeOf, openShelves } from '../open-shelves.ts'

const asked: Respondent = { askable: ['elicitation'] }

async function openPantry(tools: Record<string, Doing>) {
  const pantry = createPantry()
  pantry.offer(tools)
  const lab = await openShelves({}, { foreign: pantry })
  const answer = (state: unknown, given: Record<string, unknown>): Respondent => ({ ...asked, answers: { given, state } })
  return { ...lab, pantry, answer }
}

const fetchJar: Doing = async (_, { ask }) => ({ jar: await ask(whichJar) })

describe('a call that asks its client in the middle', () => {
  test('answers with the question, and goes on where it was with the answer', async () => {
    let begun = 0
    const { call, answer } = await openPantry({
      fetch: async (_, { ask }) => {
        begun += 1
        return { jar: await ask(whichJar) }
      },
    })
    const first = await call('pantry_fetch', {}, { client: asked })
    const { ask, state } = askedIn(first)
    expect(first.text).toContain('pantry asks: which jar?')
    expect(Object.values(ask)).toEqual([whichJar])
    const given = Object.fromEntries(Object.keys(ask).map((name) => [name, { action: 'accept', content: { jar: 'plum' } }]))
    const second = await call('pantry_fetch', {}, { client: answer(state, given) })
    expect(second).toMatchObject({ kind: 'done', output: { jar: { action: 'accept', content: { jar: 'plum' } } } })
    expect(begun).toBe(1)
  })

  test('may ask again, and several things at one go', async () => {
    const { call, answer } = await openPantry({
      fetch: async (_, { ask }) => ({ both: await Promise.all([ask(whichJar), ask(whichJar)]), third: await ask(whichJar) }),
    })
    const first = askedIn(await call('pantry_fetch', {}, { client: asked }))
    expect(Object.keys(first.ask)).toHaveLength(2)
    const [one = '', two = ''] = Object.keys(first.ask)
    const second = askedIn(await call('pantry_fetch', {}, { client: answer(first.state, { [one]: 1, [two]: 2 }) }))
    const [three = ''] = Object.keys(second.ask)
    const done = await call('pantry_fetch', {}, { client: answer(second.state, { [three]: 3 }) })
    expect(done).toMatchObject({ output: { both: [1, 2], third: 3 } })
  })

  test('hears that nobody answered where the answer is missing', async () => {
    const { call, answer } = await openPantry({ fetch: async (_, { ask }) => ({ answered: (await ask(whichJar)) !== undefined }) })
    const { state } = askedIn(await call('pantry_fetch', {}, { client: asked }))
    expect(await call('pantry_fetch', {}, { client: answer(state, {}) })).toMatchObject({ output: { answered: false } })
  })

  test('is refused by a client that cannot be asked', async () => {
    const { call } = await openPantry({ fetch: fetchJar })
    const result = await call('pantry_fetch', {}, { client: { askable: [] } })
    expect(codeOf(result)).toBe('denied')
    expect(result.text).toContain("declares the capability 'elicitation'")
  })

  test('is nobody else’s to answer, and is answered once', async () => {
    const { call, answer } = await openPantry({ fetch: fetchJar })
    const { state, ask } = askedIn(await call('pantry_fetch', {}, { client: asked }))
    const client = answer(state, Object.fromEntries(Object.keys(ask).map((name) => [name, 'plum'])))
    expect(codeOf(await call('pantry_fetch', {}, { client, principal: 'token:other' }))).toBe('conflict')
    expect(await call('pantry_fetch', {}, { client })).toMatchObject({ output: { jar: 'plum' } })
    expect(codeOf(await call('pantry_fetch', {}, { client }))).toBe('conflict')
  })

  test('outlives the request that began it, and ends with the one that waits', async () => {
    const { call, answer } = await openPantry({
      fetch: async (_, { ask, signal }) => {
        await ask(whichJar)
        signal.throwIfAborted()
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      },
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const { state } = askedIn(await call('pantry_fetch', {}, { client: asked, signal: first.signal }))
    first.abort(new ToolError('timeout', 'The first is gone.', { hint: 'None.' }))
    const going = call('pantry_fetch', {}, { client: answer(state, {}), signal: second.signal })
    second.abort(new ToolError('timeout', 'The second is gone.', { hint: 'None.' }))
    expect((await going).text).toContain('The call was cancelled.')
  })

  test('tells how far it is to the request that waits', async () => {
    const { call, answer } = await openPantry({
      fetch: async (_, { ask, progress }) => {
        progress('looking', 1, 2)
        await ask(whichJar)
        progress('reaching', 2, 2)
        return { jar: 'plum' }
      },
    })
    const [first, second]: Progress[][] = [[], []]
    const { state } = askedIn(await call('pantry_fetch', {}, { client: asked, progress: (told) => first!.push(told) }))
    await call('pantry_fetch', {}, { client: answer(state, {}), progress: (told) => second!.push(told) })
    expect([first, second]).toEqual([[{ message: 'looking', done: 1, total: 2 }], [{ message: 'reaching', done: 2, total: 2 }]])
  })

  test('is in the audit once, when it is over', async () => {
    const { call, answer, catalogue, stateDirectory } = await openPantry({ fetch: fetchJar })
    const { state } = askedIn(await call('pantry_fetch', {}, { client: asked }))
    await call('pantry_fetch', {}, { client: answer(state, {}) })
    await catalogue.runtime.audit.flush()
    const lines = []
    for await (const { line } of searchAudit(stateDirectory, { tool: 'pantry_fetch', ended: true })) lines.push(line)
    expect(lines.map(({ result }) => result)).toEqual(['done'])
  })
})

describe('what a tool attaches', () => {
  test('follows the text, and what is too much is named instead', async () => {
    const image = (data: string) => ({ type: 'image', data, mimeType: 'image/png' })
    const { call } = await openPantry({
      look: (_, { attach }) => {
        attach(image('aGk='))
        attach(image('a'.repeat(9 * 1024 * 1024)))
        return { seen: 'two pictures' }
      },
    })
    const result = await call('pantry_look')
    if (result.kind !== 'done') throw new Error(result.text)
    expect(result.content?.map(({ type }) => type)).toEqual(['text', 'image'])
    expect(result.text).toContain('seen: two pictures')
    expect(result.text).toContain('image of 9217 KiB left out')
  })
})
