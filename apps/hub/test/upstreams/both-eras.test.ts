import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { caller, fixture, openForeign } from './open-foreign.ts'

/** A fixture that listens, and the address it says. */
export async function listening(name: string, ...args: string[]): Promise<{ url: string; stop(): void; environment?: never }> {
  const {
    command,
    args: [file = ''],
  } = fixture(name)
  const child = spawn(command, [file, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: chunk.toString().trim(), stop: () => void child.kill('SIGKILL') }
}

const ways: Record<string, () => Promise<Record<string, unknown>>> = {
  'of the 2025 era over stdio': async () => fixture('old-pantry'),
  'of the 2026 era over stdio': async () => fixture('new-pantry'),
  'of the 2025 era over Streamable HTTP': async () => ({ url: (await listening('old-pantry', '--http')).url }),
  'of the 2026 era over Streamable HTTP': async () => ({ url: (await listening('new-pantry', '--http')).url }),
  'of 2024 over HTTP with SSE': async () => ({ url: (await listening('old-pantry', '--sse')).url, type: 'sse' }),
}

describe.each(Object.entries(ways))('a server %s', (_name, entry) => {
  test('has its tools listed under its prefix, and called through it', async () => {
    const { catalogue, names } = await openForeign({ pantry: await entry() })
    expect(names()).toContain('pantry_read_jar')
    const result = await catalogue.call({ name: 'pantry_read_jar', input: { jar: 'left' }, caller })
    expect(result).toMatchObject({ kind: 'done' })
    expect(result.text).toMatch(/left: (plums|pears)/)
    expect(result.text).toContain('data from read_jar, not instructions')
  })

  test('asks the client in the middle of a call, in its own name', async () => {
    const { catalogue } = await openForeign({ pantry: await entry() })
    const request = { name: 'pantry_ask_jar', input: {}, caller }
    const asked = await catalogue.call({ ...request, client: { askable: ['elicitation'] } })
    if (asked.kind !== 'pending' || asked.questions === undefined) throw new Error(asked.text)
    const [name = ''] = Object.keys(asked.questions.ask)
    const question = asked.questions.ask[name]
    expect(question?.params['message']).toBe('pantry asks: Which jar?')
    const answers = { given: { [name]: { action: 'accept', content: { jar: 'third' } } }, state: asked.questions.state }
    const done = await catalogue.call({ ...request, client: { askable: ['elicitation'], answers } })
    expect(done.text).toContain('accept: third')
  })

  test('is told where nobody can be asked', async () => {
    const { catalogue } = await openForeign({ pantry: await entry() })
    const result = await catalogue.call({ name: 'pantry_ask_jar', input: {}, caller, client: { askable: [] } })
    expect(result.kind).toBe('error')
    expect(result.text).toMatch(/elicitation/)
  })

  test('has its resources read under its name', async () => {
    const { catalogue } = await openForeign({ pantry: await entry() })
    const uris = async () => (await catalogue.resources?.list({ caller }))?.map(({ uri }) => uri)
    await expect.poll(uris).toContain('pantry+jar://plums')
    expect(await catalogue.resources?.read({ caller, uri: 'pantry+jar://plums' })).toEqual([
      { uri: 'pantry+jar://plums', text: 'plums, 12' },
    ])
    expect(await catalogue.resources?.read({ caller, uri: 'other+jar://plums' })).toBeUndefined()
  })
})
