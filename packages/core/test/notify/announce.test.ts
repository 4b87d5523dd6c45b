import { createNotifier, createRuntime, type ApprovalRequest } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { directory, serve } from '../connect/loopback.ts'
import { openShelves } from '../open-shelves.ts'
import { createShelf } from '../shelf.ts'

const human = { approval: { tiers: { configure: 'human' } } } as const
const input = { name: 'lamp', value: 'on' }

test('each request is announced once, by the process that opened it, however often and wherever its token is sent', async () => {
  const stateDirectory = await directory()
  const announced: string[][] = [[], []]
  const open = (process: 0 | 1) =>
    openShelves(
      { main: createShelf() },
      { ...human, stateDirectory, announce: ({ id }: ApprovalRequest) => void announced[process]?.push(id) },
    )
  const [first, second] = [await open(0), await open(1)]
  const asked = await first.call('shelf_add_entry', input)
  if (asked.kind !== 'pending') throw new Error(asked.text)
  const confirm = asked.plan?.confirm
  await Promise.all([first, second, first, second].map(({ call }) => call('shelf_add_entry', { ...input, confirm })))
  expect(announced).toEqual([[asked.approval], []])
})

test('a channel that never answers holds no call up', async () => {
  const silent = await serve(() => undefined)
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: await directory(), log: () => undefined })
  const notify = { url: 'https://rw.example', plainHttp: false, channels: [{ kind: 'webhook', url: silent.url }] } as const
  const notifier = createNotifier(runtime, notify)
  onTestFinished(async () => {
    await notifier.close(0)
    await runtime.close()
  })
  const { call } = await openShelves({ main: createShelf() }, { ...human, announce: notifier.announce })
  expect((await call('shelf_add_entry', input)).kind).toBe('pending')
  await expect.poll(() => silent.connections()).toBe(1)
})

test('the text of what waits says that the owner is told on their phone where they are, and nothing of it where they are not', async () => {
  const textOf = async (options: Parameters<typeof openShelves>[1]) => {
    const { call } = await openShelves({ main: createShelf() }, options)
    return /A person must agree: .*?\. Tell/.exec((await call('shelf_add_entry', input)).text)?.[0]
  }
  const announce = () => undefined
  expect(await textOf({ ...human, announce })).toMatch(
    /^A person must agree: the owner is told on their phone, or runs 'rackwarden approve \S+'\. Tell$/,
  )
  expect(await textOf(human)).toMatch(/^A person must agree: the owner runs 'rackwarden approve \S+'\. Tell$/)
  const silent = { approval: { ...human.approval, channels: ['notify'] } } as const
  expect(await textOf({ ...silent, announce })).toBe('A person must agree: the owner is told on their phone. Tell')
  expect(await textOf(silent)).toBe('A person must agree: ask the owner how. Tell')
})

test('whoever carries word is told whether the client shows a form meanwhile', async () => {
  const shown: unknown[] = []
  const { call } = await openShelves({ main: createShelf() }, { ...human, announce: (_, meanwhile) => void shown.push(meanwhile) })
  await call('shelf_add_entry', input)
  await call('shelf_add_entry', { ...input, value: 'off' }, { client: { askable: ['elicitation'] } })
  expect(shown).toEqual([{ formIsShown: false }, { formIsShown: true }])
})
