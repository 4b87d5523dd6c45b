import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { asked, passphrase, startApprovalLab } from './approval-lab.ts'
import { startLab } from './lab.ts'
import { send } from './raw.ts'

const approve = { decision: 'approved', passphrase }

describe('the page of a request for approval', () => {
  test('shows a person everything they agree to, without a bearer token', async () => {
    const lab = await startApprovalLab()
    const { status, text } = await lab.open(await lab.ask())
    expect(status).toBe(200)
    for (const part of ['Restart jellyfin', 'docker/container/jellyfin', 'started: earlier → now', 'Whoever watches is interrupted.'])
      expect(text).toContain(part)
    for (const part of [
      'local:assistant',
      'docker restart_container on attic',
      '&quot;container&quot;: &quot;jellyfin&quot;',
      '60 min left',
    ])
      expect(text).toContain(part)
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"')
  })

  test('runs no script, is shown in no frame, kept nowhere, and tells no other site of its key', async () => {
    const lab = await startApprovalLab()
    const { headers, text } = await lab.open(await lab.ask())
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    )
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' })
    expect(headers).not.toHaveProperty('set-cookie')
    expect(text).not.toMatch(/<script|javascript:| on\w+=/i)
  })

  test('makes nothing of what an upstream or an assistant wrote into the plan', async () => {
    const lab = await startApprovalLab()
    const evil = '"><script>alert(1)</script><form action="https://evil.example"><input name=\'passphrase\'>\u202E\u0007`${1}'
    const plan = { summary: evil, targets: [evil], diff: [evil], warnings: [evil] }
    const link = await lab.ask({ plan, principal: evil, instance: evil, tool: evil, input: { [evil]: evil }, typed: evil })
    const { text } = await lab.open(link)
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toMatch(/<script|<form action|\u202E/)
    expect(text).not.toContain('\u0007')
    expect(text.match(/<form/g)).toHaveLength(1)
    expect(text.match(/<input/g)).toHaveLength(4)
  })

  test('says nothing without its key, with that of another request, or of a request there is not', async () => {
    const lab = await startApprovalLab()
    const link = await lab.ask()
    const [path = '', key = ''] = link.split('?key=')
    const other = (await lab.ask({ id: '20260101T000000-bcdefg' })).split('?key=')[1]
    const there = await Promise.all([path, `${path}?key=`, `${path}?key=${other}`, `${path}?key=${key}A`].map((at) => lab.open(at)))
    const nowhere = await lab.open(`/approvals/20260101T000000-zzzzzz?key=${key}`)
    const strange = await Promise.all(['/approvals/', '/approvals/..%2Fowner', '/approvals/x/y'].map((at) => lab.open(at)))
    for (const answer of [...there, nowhere, ...strange]) {
      expect(answer.status).toBe(404)
      expect(answer.text).toBe(nowhere.text)
      expect(answer.text).not.toMatch(/jellyfin|docker|assistant/)
    }
  })

  test('is not there where nobody is told of requests', async () => {
    const lab = await startApprovalLab()
    const link = await lab.ask()
    const { server } = await startLab()
    expect((await send(server.port, { method: 'GET', path: link, headers: { host: '127.0.0.1' } })).status).toBe(404)
  })

  test('answers the name it is known by and loopback, and no other', async () => {
    const lab = await startApprovalLab()
    const link = await lab.ask()
    expect((await lab.open(link, { host: `127.0.0.1:${lab.port}` })).status).toBe(200)
    const rebound = await lab.open(link, { host: 'evil.example' })
    expect(rebound.status).toBe(403)
    expect(rebound.text).not.toContain('jellyfin')
    // The name of the page opens the page, and nothing else.
    expect((await lab.open('/health', { host: 'rackwarden.home.example' })).status).toBe(403)
  })
})

describe('a person at the page', () => {
  test('approves with the passphrase, and the audit says so', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    const answer = await lab.submit(text, approve)
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('Approved') })
    expect(await lab.decisionOf()).toBe('approved')
    expect(await lab.audit()).toMatchObject([
      { kind: 'approval', call: asked.id, result: 'approved', approval: expect.stringMatching(/^notify:\w/), summary: 'Restart jellyfin' },
    ])
    expect(JSON.stringify(await lab.audit())).not.toContain(passphrase)
  })

  test('rejects without it: a no must not be harder to give than a yes', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    expect(await lab.submit(text, { decision: 'rejected' })).toMatchObject({ status: 200, text: expect.stringContaining('Rejected') })
    expect(await lab.decisionOf()).toBe('rejected')
    expect(await lab.audit()).toMatchObject([{ result: 'rejected' }])
  })

  test('is shown the same page after a wrong passphrase, with the wait, and is slowed down', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    const guess = () => lab.submit(text, { decision: 'approved', passphrase: 'wrong horse battery' })
    const [first, , third, fourth] = [await guess(), await guess(), await guess(), await guess()]
    expect(first).toMatchObject({ status: 403, text: expect.stringContaining('The passphrase is wrong. Try again.') })
    expect(first.text).toContain('started: earlier → now')
    expect(third.text).toContain('The passphrase is wrong. Try again in 2 s.')
    expect(fourth).toMatchObject({ status: 429, text: expect.stringContaining('The passphrase was wrong 3 times. Try again in 2 s.') })
    expect(await lab.decisionOf()).toBeUndefined()
    expect((await lab.audit()).map(({ result, error }) => [result, error])).toContainEqual(['error', 'denied: The passphrase is wrong.'])
    lab.clock.pass(3_000)
    expect(await lab.submit(first.text, approve)).toMatchObject({ status: 200 })
  })

  test('types the name of what cannot be taken back', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask({ typed: 'jellyfin' }))
    expect(text).toContain('This cannot be taken back.')
    const wrong = await lab.submit(text, { ...approve, typed: 'jelly' })
    expect(wrong).toMatchObject({ status: 403, text: expect.stringContaining('must be typed exactly') })
    expect(await lab.submit(text, { ...approve, typed: 'jellyfin' })).toMatchObject({ status: 200 })
  })

  test('is told that nothing can be approved while the owner has no passphrase, and can still reject', async () => {
    const lab = await startApprovalLab({ hasOwner: false })
    const { text } = await lab.open(await lab.ask())
    expect(text).toContain('The owner has no passphrase yet')
    expect(text).not.toContain('name="passphrase"')
    expect((await lab.submit(text, approve)).status).toBe(403)
    expect((await lab.submit(text, { decision: 'rejected' })).status).toBe(200)
  })

  test('decides once: a form sent again, and another at the same moment, change nothing', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    const both = await Promise.all([lab.submit(text, approve), lab.submit(text, { decision: 'rejected' })])
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1)
    const decided = await lab.decisionOf()
    expect(decided).toBe(both[0]?.status === 200 ? 'approved' : 'rejected')
    const again = await lab.submit(text, { decision: decided === 'approved' ? 'rejected' : 'approved', passphrase })
    expect(again).toMatchObject({ status: 410, text: expect.stringContaining(`It was ${decided} by notify:`) })
    expect(await lab.decisionOf()).toBe(decided)
  })

  test('is told that a request is past, and decides nothing any more', async () => {
    const lab = await startApprovalLab()
    const link = await lab.ask()
    const { text } = await lab.open(link)
    lab.clock.pass(60 * 60_000)
    const late = await lab.open(link)
    expect(late).toMatchObject({ status: 410, text: expect.stringContaining('This request is past. Nothing was done.') })
    expect(late.text).not.toContain('<form')
    expect((await lab.submit(text, approve)).status).toBe(410)
    expect(await lab.decisionOf()).toBeUndefined()
  })

  test('agrees to nothing but what the page showed', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    const path = join(lab.directory, 'approvals', `${asked.id}.json`)
    await writeFile(path, (await readFile(path, 'utf8')).replace('Restart jellyfin', 'Delete everything'))
    const answer = await lab.submit(text, approve)
    expect(answer).toMatchObject({ status: 409, text: expect.stringContaining('was rewritten while it was being read') })
    expect(answer.text).toContain('Delete everything')
    expect(await lab.decisionOf()).toBeUndefined()
  })

  test('decides after a restart, at any process of the state directory', async () => {
    const before = await startApprovalLab()
    const link = await before.ask()
    const after = await startApprovalLab({ directory: before.directory })
    const { text } = await after.open(link)
    expect((await after.submit(text, approve)).status).toBe(200)
    expect(await before.decisionOf()).toBe('approved')
  })
})

describe('somebody else', () => {
  test.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another page on loopback', { origin: 'http://localhost:8080' }],
    ['of an origin that is hidden', { origin: 'null' }],
    ['that the browser says is of another site', { 'sec-fetch-site': 'cross-site' }],
    ['that the browser says is of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['under another name', { host: 'evil.example' }],
    ['that is no form', { 'content-type': 'application/json' }],
  ])('decides nothing with a form %s, though they know key and passphrase', async (_, headers) => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    expect((await lab.submit(text, approve, headers)).status).toBeOneOf([403, 415])
    expect(await lab.decisionOf()).toBeUndefined()
  })

  test('decides nothing without the key, with that of another request, or with another word', async () => {
    const lab = await startApprovalLab()
    const { text } = await lab.open(await lab.ask())
    const other = (await lab.open(await lab.ask({ id: '20260101T000000-bcdefg' }))).text
    const withKeyOf = (page: string) =>
      text.replace(/name="key" value="[^"]*"/, /name="key" value="[^"]*"/.exec(page)?.[0] ?? 'name="key" value=""')
    expect((await lab.submit(withKeyOf(''), approve)).status).toBe(404)
    expect((await lab.submit(withKeyOf(other), { decision: 'rejected' })).status).toBe(404)
    expect((await lab.submit(text, { decision: 'settled', passphrase })).status).toBe(400)
    expect(await lab.decisionOf()).toBeUndefined()
  })

  test('gets no further than a form of 16 KiB, other methods, and so many attempts a minute', async () => {
    const lab = await startApprovalLab()
    const link = await lab.ask()
    const { text } = await lab.open(link)
    expect((await lab.submit(text, { ...approve, typed: 'x'.repeat(17_000) })).status).toBe(413)
    expect((await send(lab.port, { method: 'DELETE', path: link, headers: { host: '127.0.0.1' } })).status).toBe(405)
    const head = await send(lab.port, { method: 'HEAD', path: link, headers: { host: '127.0.0.1' } })
    expect([head.status, head.text]).toEqual([200, ''])
    const tries = await Promise.all(Array.from({ length: 12 }, () => lab.submit(text, { decision: 'approved', passphrase: '' })))
    expect(tries.filter(({ text: page }) => page.includes('Too many attempts'))).toHaveLength(2)
    // Sent at once, they are answered in any order.
    expect(tries.every(({ text: page, headers }) => page.includes('Too many at') === (headers['retry-after'] !== undefined))).toBe(true)
    const strangers = await Promise.all(Array.from({ length: 310 }, () => lab.open('/approvals/x?key=y')))
    // A few come back while the others are answered.
    expect(strangers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    // Strangers do not shut the owner out.
    expect((await lab.open(link)).status).toBe(200)
  })
})
