import { createApprovalLinks, createFileStore } from '@rackwarden/core/runtime'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { directory } from '../connect/loopback.ts'

const request = { id: '20260101T000000-abcdef', expires_at: '2026-01-01T01:00:00.000Z' }

async function open() {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const store = createFileStore(await directory())
  const links = () => createApprovalLinks({ store, random: randomBytes, clock: { now: () => now } as never })
  return { links, store, pass: (milliseconds: number) => (now += milliseconds) }
}

function keyOf(link: string): string {
  return new URL(link).searchParams.get('key') ?? ''
}

test('the key of a link is good for its request, in every process of the state directory, until it is past', async () => {
  const { links, pass } = await open()
  const link = await links().linkTo(request, 'https://rw.example/lab')
  expect(link).toMatch(/^https:\/\/rw\.example\/lab\/approvals\/20260101T000000-abcdef\?key=/)
  const elsewhere = links()
  expect(await elsewhere.judge(request.id, keyOf(link))).toBe('valid')
  pass(60 * 60_000)
  expect(await elsewhere.judge(request.id, keyOf(link))).toBe('past')
})

test('a key is worth nothing for another request, with another end, cut, altered, or before there was any', async () => {
  const { links } = await open()
  expect(await links().judge(request.id, `zzz-${'A'.repeat(43)}`)).toBe('wrong')
  const key = keyOf(await links().linkTo(request, 'https://rw.example'))
  const [expires = '', ...mac] = key.split('-')
  const judge = (id: string, presented: string) => links().judge(id, presented)
  expect(await judge('20260101T000000-abcdeg', key)).toBe('wrong')
  const later = (Number.parseInt(expires, 36) + 1).toString(36)
  for (const altered of ['', key.slice(0, -1), `${key}A`, `${later}-${mac.join('-')}`, `${expires}-${'A'.repeat(43)}`])
    expect(await judge(request.id, altered)).toBe('wrong')
})

test('a link of another state directory leads nowhere', async () => {
  const [here, there] = [await open(), await open()]
  await here.links().linkTo(request, 'https://rw.example')
  expect(await here.links().judge(request.id, keyOf(await there.links().linkTo(request, 'https://rw.example')))).toBe('wrong')
})
