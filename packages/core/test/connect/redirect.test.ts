import { expect, test } from 'vitest'
import { failure } from '../../src/testing/failure.ts'
import { connect, serve } from './loopback.ts'

test('a read follows redirects on its own origin, five at most', async () => {
  const { url } = await serve((request, response) => {
    const step = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('step'))
    if (step === 0) response.end(`at ${request.url} with ${String(request.headers['x-api-key'])}`)
    else response.writeHead(302, { location: `/next?step=${step - 1}` }).end()
  })
  const { fetch } = connect({ url })
  const headers = { 'x-api-key': 'key' }
  expect(await (await fetch('/start?step=5', { headers })).text()).toBe('at /next?step=0 with key')
  expect(await failure(fetch('/start?step=6', { headers }))).toMatchObject({
    code: 'upstream',
    message: expect.stringContaining('more than 5'),
  })
  expect((await fetch('/start?step=1', { redirect: 'manual' })).status).toBe(302)
})

test('a redirect to another origin is refused, names it without its secrets, and sends nothing there', async () => {
  let asked = 0
  const other = await serve((_, response) => {
    asked++
    response.end()
  })
  const location = `${other.url.replace('http://', 'http://user:password@')}/login?session=s3cr3t`
  const { url } = await serve((_, response) => void response.writeHead(302, { location }).end())
  const error = await failure(connect({ url }).fetch('/', { headers: { authorization: 'Bearer x' } }))
  expect(error).toMatchObject({
    code: 'upstream',
    message: expect.stringContaining(other.url),
    hint: expect.stringContaining(`url to ${other.url}`),
  })
  expect(`${error.message} ${error.hint}`).not.toMatch(/password|s3cr3t/)
  expect(asked).toBe(0)
})

test('a write is not sent elsewhere: its redirect is the answer', async () => {
  let asked = 0
  const { url } = await serve((_, response) => {
    asked++
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect((await connect({ url }).fetch('/', { method: 'POST', body: 'x' })).status).toBe(307)
  expect(asked).toBe(1)
})
