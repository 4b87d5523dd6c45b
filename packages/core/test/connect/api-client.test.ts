import { text } from 'node:stream/consumers'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { createApiClient, type ApiClientOptions } from '../../src/connect/api-client.ts'
import { failure } from '../../src/testing/failure.ts'
import { connect, serve } from './loopback.ts'

/** A client of a server that gives one answer. */
async function clientOf(
  answer: { status?: number; body?: string; headers?: Record<string, string> },
  options: Partial<ApiClientOptions> = {},
) {
  const { url } = await serve((_, response) => void response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? ''))
  return createApiClient(connect({ url }), { name: 'Docker', ...options })
}

test('a request carries query, headers and JSON, and its answer has the type of its schema', async () => {
  const { url } = await serve(async (request, response) => {
    const { authorization, accept, 'content-type': type } = request.headers
    const body = await text(request)
    response.end(JSON.stringify({ method: request.method, url: request.url, type, authorization, accept, body, more: 1 }))
  })
  let session = 0
  const client = createApiClient(connect({ url: `${url}/api` }), {
    name: 'Docker',
    headers: () => Promise.resolve({ authorization: `session ${++session}` }),
  })
  const schema = z.object({
    method: z.string(),
    url: z.string(),
    type: z.string().optional(),
    authorization: z.string(),
    accept: z.string(),
    body: z.string(),
  })
  const query = { all: true, limit: 5, name: ['a b', 'c'], none: undefined }
  const first = await client.get('/x', { schema, query })
  expectTypeOf(first.type).toEqualTypeOf<string | undefined>()
  expect(first).toEqual({
    method: 'GET',
    url: '/api/x?all=true&limit=5&name=a+b&name=c',
    authorization: 'session 1',
    accept: 'application/json',
    body: '',
  })
  expect(await client.post('/x?y=1', { schema, query: { z: 2 }, body: { a: 1 } })).toMatchObject({
    method: 'POST',
    url: '/api/x?y=1&z=2',
    type: 'application/json',
    authorization: 'session 2',
    body: '{"a":1}',
  })
  for (const method of ['put', 'patch', 'delete'] as const)
    expect(await client[method]('/x', { schema })).toMatchObject({ method: method.toUpperCase() })
})

test.each([
  [400, 'upstream'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [412, 'conflict'],
  [422, 'upstream'],
  [418, 'upstream'],
  [500, 'upstream'],
  [302, 'upstream'],
] as const)('status %i is %s, with what the body says', async (status, code) => {
  const client = await clientOf({ status, body: JSON.stringify({ message: 'No such container: web' }) })
  expect(await failure(client.get('/'))).toMatchObject({ code, message: `Docker answered ${status}: No such container: web` })
})

test('too many requests say when to come back', async () => {
  const client = await clientOf({ status: 429, headers: { 'retry-after': '120' } })
  expect(await failure(client.get('/', { timeoutMs: 2_000 }))).toMatchObject({ code: 'rate_limited', hint: 'Try again in 120 seconds.' })
})

test('a message is found where APIs put it, or where the service says', async () => {
  const says = async (body: unknown, options: Partial<ApiClientOptions> = {}) => {
    const client = await clientOf({ status: 400, body: typeof body === 'string' ? body : JSON.stringify(body) }, options)
    return (await failure(client.get('/'))).message.replace('Docker answered 400', '')
  }
  expect(await says({ error: { message: 'deep' } })).toBe(': deep')
  expect(await says({ errors: ['first', 'second'] })).toBe(': first')
  expect(await says('plain words')).toBe(': plain words')
  expect(await says({})).toBe('.')
  expect(await says('<html><body>secret page</body></html>')).toBe(' with an HTML page.')
  expect(await says({ odd: 'here' }, { describeError: (_, body) => (body as { odd: string }).odd })).toBe(': here')
})

test('text of the upstream is cut, on one line, and free of control characters', async () => {
  const client = await clientOf({ status: 500, body: JSON.stringify({ message: `\u001B[31mred\u202E\nline ${'x'.repeat(10_000)}` }) })
  const { message } = await failure(client.get('/'))
  expect(message).toMatch(/^Docker answered 500: red line x+…$/)
  expect(message.length).toBe('Docker answered 500: '.length + 300)
})

test('HTML and malformed JSON are told apart from JSON, with where to look', async () => {
  const hint = 'Is the url right, or is a proxy or a login page in between?'
  const page = await clientOf({ body: '<!doctype html><title>Sign in</title>', headers: { 'content-type': 'text/html' } })
  expect(await failure(page.get('/'))).toMatchObject({ code: 'upstream', message: 'Docker answered with HTML instead of JSON.', hint })
  const garbled = await clientOf({ body: '{"a":' })
  expect(await failure(garbled.get('/'))).toMatchObject({
    code: 'upstream',
    message: 'Docker answered with something else instead of JSON.',
    hint,
  })
})

test('an answer in another form names the first field that is wrong', async () => {
  const client = await clientOf({
    body: JSON.stringify([
      { id: 'a', state: { pid: 1 } },
      { id: 'b', state: { pid: 'two' } },
    ]),
  })
  const schema = z.array(z.object({ id: z.string(), state: z.object({ pid: z.number() }) }))
  expect(await failure(client.get('/', { schema }))).toMatchObject({
    code: 'upstream',
    message: expect.stringContaining("at '1.state.pid'"),
  })
  expect(await failure((await clientOf({ body: '7' })).get('/', { schema }))).toMatchObject({
    message: expect.stringContaining('at its top level'),
  })
})

test('an empty answer is undefined, and 304 is an answer', async () => {
  expect(await (await clientOf({ status: 204 })).post('/')).toBeUndefined()
  expect(await (await clientOf({ status: 304 })).post('/')).toBeUndefined()
  expect((await (await clientOf({ status: 304 })).request('/')).status).toBe(304)
})

test("an abort stays the caller's own reason", async () => {
  const { url } = await serve(() => undefined)
  const reason = new Error('The caller left')
  const controller = new AbortController()
  const work = createApiClient(connect({ url }), { name: 'Docker' })
    .get('/', { signal: controller.signal })
    .catch((error: unknown) => error)
  controller.abort(reason)
  expect(await work).toBe(reason)
})
