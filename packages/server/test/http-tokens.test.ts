import { describe, expect, test, vi } from 'vitest'
import { openTestTokens, startLab, temporaryDirectory } from './lab.ts'
import { proper, rpc, send } from './raw.ts'
import { tokenOf } from '../src/http/authentication.ts'
import { serveHttp } from '../src/index.ts'
import { createFixtureSurface } from './fixture-surface.ts'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const whoami = rpc('tools/call', { name: 'get_whoami' })

async function callerOf(port: number, authorization?: string): Promise<string> {
  const headers = authorization === undefined ? proper : { ...proper, authorization }
  const { status, text } = await send(port, { headers, body: whoami })
  return status === 200 ? ((JSON.parse(text) as { result: { content: { text: string }[] } }).result.content[0]?.text ?? '') : String(status)
}

describe('authentication', () => {
  test('knows a caller on loopback as the local user while there is no token', async () => {
    const { server } = await startLab()
    expect(await callerOf(server.port)).toBe('local:me configure')
  })

  test('is asked of everybody from the first token on, also when all are revoked again', async () => {
    const { server, tokens } = await startLab()
    expect(await callerOf(server.port)).toBe('local:me configure')
    const { token } = await tokens.create({ name: 'laptop', tier: 'operate' })
    await vi.waitFor(async () => expect(await callerOf(server.port)).toBe('401'), { timeout: 5000 })
    expect(await callerOf(server.port, `Bearer ${token}`)).toBe('token:laptop operate')
    await tokens.revoke('laptop')
    await vi.waitFor(async () => expect(await callerOf(server.port, `Bearer ${token}`)).toBe('401'), { timeout: 5000 })
    expect(await callerOf(server.port)).toBe('401')
  })

  test('answers 401 with a challenge to a missing, a wrong and a malformed token', async () => {
    const { server, tokens } = await startLab()
    await tokens.create({ name: 'laptop' })
    const missing = await send(server.port, { headers: proper, body: whoami })
    expect(missing).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    for (const authorization of ['Bearer rw_wrong', 'Basic abc', 'Bearer', 'Bearer a b']) {
      const answer = await send(server.port, { headers: { ...proper, authorization }, body: whoami })
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    }
  })

  test('narrows what a token sees to its tier and its services', async () => {
    const { server, tokens } = await startLab()
    const { token } = await tokens.create({ name: 'lamps', services: ['lamp'] })
    const headers = { ...proper, authorization: `Bearer ${token}` }
    const { text } = await send(server.port, { headers, body: rpc('tools/list') })
    expect((JSON.parse(text) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name)).toEqual([
      'count_steps',
      'get_level',
    ])
    const refused = await send(server.port, { headers, body: whoami })
    expect(JSON.parse(refused.text)).toMatchObject({ result: { isError: true } })
  })

  test('ends with the token: expired and rotated ones are refused', async () => {
    const clock = { time: Date.parse('2026-11-20T10:00:00Z'), now: () => clock.time }
    const tokens = await openTestTokens(clock)
    const { server } = await startLab({ tokens })
    const short = await tokens.create({ name: 'short', expires: '90m' })
    const turned = await tokens.create({ name: 'turned' })
    expect(short.record.expires_at).toBe('2026-11-20T11:30:00.000Z')
    expect(await callerOf(server.port, `Bearer ${short.token}`)).toBe('token:short observe')
    clock.time += 91 * 60_000
    expect(await callerOf(server.port, `Bearer ${short.token}`)).toBe('401')
    const fresh = await tokens.rotate('turned')
    expect(await callerOf(server.port, `Bearer ${turned.token}`)).toBe('401')
    expect(await callerOf(server.port, `Bearer ${fresh.token}`)).toBe('token:turned observe')
  })

  test('takes the token of the environment as the process itself', async () => {
    const environmentToken = 'e'.repeat(40)
    const { server } = await startLab({ environmentToken })
    expect(await callerOf(server.port)).toBe('401')
    expect(await callerOf(server.port, `Bearer ${environmentToken}`)).toBe('token:environment configure')
  })

  test.each(['0.0.0.0', '::', '192.0.2.1'])('is a condition of listening on %s', async (host) => {
    const options = {
      surface: createFixtureSurface(),
      address: { host, port: 0 },
      tier: 'observe',
      localPrincipal: 'local:me',
      log: () => undefined,
    } as const
    const refused = serveHttp({ ...options, tokens: await openTestTokens() })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_config', hint: expect.stringContaining('token create') })
  })
})

describe('the token of the environment', () => {
  test('comes from the variable or from the file it names, and has 32 bytes at least', async () => {
    const file = join(await temporaryDirectory(), 'token')
    await writeFile(file, `${'f'.repeat(32)}\n`)
    expect(await tokenOf({})).toBeUndefined()
    expect(await tokenOf({ RACKWARDEN_TOKEN: 'v'.repeat(32) })).toBe('v'.repeat(32))
    expect(await tokenOf({ RACKWARDEN_TOKEN_FILE: file })).toBe('f'.repeat(32))
    await expect(tokenOf({ RACKWARDEN_TOKEN: 'short' })).rejects.toThrow(/fewer than 32 bytes/)
    await expect(tokenOf({ RACKWARDEN_TOKEN_FILE: `${file}.missing` })).rejects.toThrow(/cannot be read/)
  })
})
