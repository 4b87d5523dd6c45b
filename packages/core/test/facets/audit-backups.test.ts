import { defineService, ToolError, type Asset, type BackupCopy, type Service } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { openShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const hourMs = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString()

function serviceOf(name: string, told: { assets?: Asset[]; backups?: () => Promise<BackupCopy[]>; unread?: string[] }): Service {
  return defineService({
    name,
    title: name,
    description: 'Things.',
    instances: 'many',
    config: {},
    connect: () => ({}),
    health: () => ({ evidence: 'well' }),
    ...(told.assets === undefined ? {} : { assets: () => Promise.resolve(told.assets ?? []) }),
    ...(told.backups === undefined ? {} : { backups: async () => ({ copies: (await told.backups?.()) ?? [], unread: told.unread ?? [] }) }),
    simulate: () => Promise.reject(new Error('it needs no simulator')),
    tools: [],
  })
}

const guest = (id: string, name: string): Asset => ({
  target: `farm/guest/${id}`,
  kind: 'guest',
  name,
  aliases: [],
  addresses: [],
  macs: [],
  backedUpAs: { kind: 'vm', id, name },
})
const kept = (id: string, hours: number): BackupCopy => ({
  subject: { kind: 'vm', id },
  target: `vault/group/${id}`,
  count: 2,
  newest: ago(hours),
  usable: ago(hours),
  verified: 'ok',
})

const farm = serviceOf('farm', { assets: [guest('1', 'web'), guest('2', 'mail'), guest('3', 'wiki')] })

test('guests of one service are held to the backups another keeps, the worst first', async () => {
  const vault = serviceOf('vault', { backups: () => Promise.resolve([kept('1', 5), kept('2', 60), kept('9', 5)]) })
  const { call } = await openShelves({ main: createShelf() }, { beside: [farm, vault] })
  const audited = await call('audit_backups')
  expect(audited).toMatchObject({
    kind: 'done',
    output: {
      judged: 3,
      well: 1,
      guests: [
        { name: 'wiki', verdict: 'none' },
        { name: 'mail', verdict: 'stale', kept: 'vault/group/2 (2)' },
      ],
      orphans: ['vault/group/9'],
    },
  })
  const patient = await call('audit_backups', { hours: 72, all: true, limit: 2 })
  expect(patient).toMatchObject({ output: { well: 2, next_cursor: '2', guests: [{ verdict: 'none' }, { verdict: 'ok' }] } })
})

test('who could not be asked is named, and then nothing is called an orphan', async () => {
  const vault = serviceOf('vault', { backups: () => Promise.resolve([kept('9', 5)]) })
  const dead = serviceOf('attic', { backups: () => Promise.reject(new ToolError('unreachable', 'the attic is dark')) })
  const { call } = await openShelves({ main: createShelf() }, { beside: [farm, vault, dead] })
  const { output } = (await call('audit_backups')) as { output: { unanswered: string[]; orphans?: string[] } }
  expect(output.unanswered).toEqual(['attic@default: the attic is dark'])
  expect(output.orphans).toBeUndefined()
})

test('without a service that tells of guests it says so', async () => {
  const { call } = await openShelves({ main: createShelf() })
  expect((await call('audit_backups')).text).toContain('No configured service tells which guests there are.')
})

test('a place that did not tell is named, and what it may hold is nobody’s orphan', async () => {
  const vault = serviceOf('vault', { backups: () => Promise.resolve([kept('9', 5)]), unread: ['attic: it is locked'] })
  const { call } = await openShelves({ main: createShelf() }, { beside: [farm, vault] })
  const { output } = (await call('audit_backups')) as { output: { unanswered: string[]; orphans?: string[] } }
  expect(output.unanswered).toEqual(['vault@default: attic: it is locked'])
  expect(output.orphans).toBeUndefined()
})
