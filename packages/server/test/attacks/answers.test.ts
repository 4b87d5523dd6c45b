import { describe, expect, test } from 'vitest'
import { askedLab, type AskedLab } from '../asked-lab.ts'
import { bundled } from '../bundle.ts'
import { callModern, type ModernAnswer } from '../raw.ts'

const bin = await bundled('lamp-bin')
const accepted = { approval: { action: 'accept', content: {} } }
const seven = { name: 'set_level', arguments: { level: 7 } }

const refused = (tool: string, input: unknown): unknown =>
  expect.objectContaining({ tool, input, result: 'error', error: expect.stringMatching(/^denied: The requestState is not one/) })

function textOf({ result }: ModernAnswer): string {
  return (result as { content?: { text: string }[] } | undefined)?.content?.[0]?.text ?? ''
}

/** A lab that has just asked a client whether the level may be 7. */
async function asked(headers: Record<string, string> = {}, lab?: AskedLab) {
  const own = lab ?? (await askedLab(bin))
  const { port } = await own.serve()
  const { result } = await callModern(port, seven, headers)
  const { requestState } = result as { requestState: string }
  return { lab: own, port, requestState }
}

async function level(port: number, headers: Record<string, string> = {}): Promise<string> {
  return /level: (\d+)/.exec(textOf(await callModern(port, { name: 'get_level' }, headers)))?.[1] ?? ''
}

describe('an answer that a client made up', () => {
  test('comes with the first call, and is none: the person is asked all the same', async () => {
    const lab = await askedLab(bin)
    const { port } = await lab.serve()
    const { result } = await callModern(port, { ...seven, inputResponses: accepted })
    expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { approval: expect.any(Object) } })
    expect(await level(port)).toBe('1')
    expect((await lab.audit()).filter(({ kind }) => kind === 'intent' || kind === 'outcome')).toEqual([])
  })

  test('comes with the token of the plan instead of the state, and is none', async () => {
    const { port, lab } = await asked()
    const waiting = lab.start('approvals', '--json')
    await waiting.gone
    const silent = await callModern(port, seven, {}, {})
    const confirm = /confirm: (\w+)/.exec(textOf(silent))?.[1]
    const again = await callModern(port, { ...seven, arguments: { level: 7, confirm }, inputResponses: accepted })
    expect(again.result).toMatchObject({ resultType: 'input_required' })
    expect(await level(port)).toBe('1')
  })

  test.each([
    ['for another input', { ...seven, arguments: { level: 9 } }],
    ['for another tool', { name: 'update_level', arguments: { level: 7 } }],
  ])('comes with the state of another call, %s, and is refused', async (_, other) => {
    const { port, requestState, lab } = await asked()
    expect(await callModern(port, { ...other, inputResponses: accepted, requestState })).toMatchObject({ error: { code: -32602 } })
    expect(await level(port)).toBe('1')
    expect(await lab.audit()).toContainEqual(refused(other.name, other.arguments))
  })

  test.each([
    ['made up', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['cut short', (state: string) => state.slice(0, -8)],
    ['changed', (state: string) => `${state.startsWith('A') ? 'B' : 'A'}${state.slice(1)}`],
    ['of another process', () => undefined],
  ])('comes with a state that is %s, and is refused and audited', async (_, forge) => {
    const { port, requestState, lab } = await asked()
    const forged = forge(requestState) ?? (await asked()).requestState
    expect(await callModern(port, { ...seven, inputResponses: accepted, requestState: forged })).toMatchObject({ error: { code: -32602 } })
    expect(await level(port)).toBe('1')
    expect(await lab.audit()).toContainEqual(refused('set_level', seven.arguments))
  })

  test('comes from another principal than the one that was asked, and is refused', async () => {
    const lab = await askedLab(bin)
    const headers: Record<string, Record<string, string>> = {}
    for (const name of ['one', 'other']) {
      const made = lab.start('token', 'create', name, '--tier', 'operate')
      await made.gone
      headers[name] = { authorization: `Bearer ${made.output().trim()}` }
    }
    const { port, requestState } = await asked(headers['one'], lab)
    const forged = { ...seven, inputResponses: accepted, requestState }
    expect(await callModern(port, forged, headers['other'])).toMatchObject({ error: { code: -32602 } })
    expect(await level(port, headers['one'])).toBe('1')
    expect(textOf(await callModern(port, forged, headers['one']))).toMatch(/^DONE/)
  })

  test('comes again after it did its work, and nothing is done again', async () => {
    const { port, requestState, lab } = await asked()
    const answer = { ...seven, inputResponses: accepted, requestState }
    expect(textOf(await callModern(port, answer))).toMatch(/^DONE/)
    expect(textOf(await callModern(port, answer))).toContain('nothing was done again')
    expect((await lab.audit()).filter(({ kind }) => kind === 'outcome')).toHaveLength(1)
  })

  test('comes after the person said no, and is refused', async () => {
    const { port, requestState } = await asked()
    const declined = { approval: { action: 'decline' } }
    expect(textOf(await callModern(port, { ...seven, inputResponses: declined, requestState }))).toContain('rejected')
    expect(textOf(await callModern(port, { ...seven, inputResponses: accepted, requestState }))).toContain('denied')
    expect(await level(port)).toBe('1')
  })

  test.each([
    ['no action', { approval: {} }],
    ['an action nobody knows', { approval: { action: 'approve' } }],
    ['a list', []],
    ['a question nobody asked', { other: { action: 'accept', content: {} } }],
  ])('says %s, and counts for nothing', async (_, inputResponses) => {
    const { port, requestState } = await asked()
    await callModern(port, { ...seven, inputResponses, requestState })
    expect(await level(port)).toBe('1')
  })
})
