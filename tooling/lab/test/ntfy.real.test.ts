import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireNtfy, startNtfy, type Ntfy } from '@rackwarden/lab'

const missing = await requireNtfy()

describe.skipIf(missing !== undefined)('an ntfy server of the lab', () => {
  let ntfy: Ntfy
  beforeAll(async () => {
    ntfy = await startNtfy()
  })
  afterAll(() => ntfy.down())

  const publish = (title: string, headers: Record<string, string>) =>
    fetch(ntfy.url, { method: 'POST', headers, body: JSON.stringify({ topic: 'lab', title, message: 'm' }) })

  test('takes what is sent with its token, from nobody else, and has it still after a restart', async () => {
    expect((await publish('no', {})).status).toBe(403)
    expect((await publish('yes', { authorization: `Bearer ${ntfy.token}` })).status).toBe(200)
    await ntfy.stop()
    await ntfy.start()
    expect(await ntfy.messages('lab')).toMatchObject([{ title: 'yes', message: 'm' }])
  })
})
