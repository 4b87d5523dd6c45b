import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '@rackwarden/core'
import { createApprovalRequests } from '@rackwarden/core/runtime'
import { describe, expect, test } from 'vitest'
import { codeOf, tokenOf, type OpenShelves } from '../open-shelves.ts'
import { quickOwner } from '../quick-owner.ts'
import { confirmed, idOf, openLab, type DecommissionLab } from './decommission-lab.ts'

const record = { name: 'ollama.lab' }
const container = { name: 'ollama' }

/** Notes what is begun, in order, and holds it until it is let go; arrived is who is the last of so many. */
function held({ failing }: DecommissionLab, count = 1) {
  const begun: string[] = []
  let letGo = () => undefined as void
  let arrived = () => undefined as void
  const arrival = new Promise<void>((resolve) => (arrived = resolve))
  failing.door = new Promise<void>((resolve) => (letGo = resolve))
  failing.ran = (tool, key) => {
    begun.push(`${tool} ${key}`)
    if (begun.length === count) arrived()
  }
  return { begun, letGo, arrival }
}

async function groupsOf({ call }: Pick<OpenShelves, 'call'>): Promise<(string | undefined)[]> {
  const { output } = (await call('list_changes')) as { output: { changes: { group?: string }[] } }
  return output.changes.map(({ group }) => group)
}

/** Alters the one sequence there is. */
async function rewritten({ stateDirectory }: OpenShelves, alter: (text: string) => string): Promise<void> {
  const directory = join(stateDirectory, 'sequences')
  const [name = ''] = (await readdir(directory)).filter((one) => one.endsWith('.json'))
  await writeFile(join(directory, name), alter(await readFile(join(directory, name), 'utf8')))
}

describe('a sequence two processes work at', () => {
  test('has each step done once, though both hold a token for it', async () => {
    const lab = await openLab()
    const other = await lab.another()
    const id = idOf(await lab.call('plan_decommission', { name: 'ollama' }))
    const tokens = [tokenOf(await lab.call('names_remove_thing', record)), tokenOf(await other.call('names_remove_thing', record))]
    const { begun, letGo, arrival } = held(lab)
    const first = lab.call('names_remove_thing', { ...record, confirm: tokens[0] })
    await arrival
    const second = await other.call('names_remove_thing', { ...record, confirm: tokens[1] })
    expect(second.text).toContain("Step 1 of 'decommission ollama' is being done by another call.")
    expect((await other.call('engine_remove_thing', container)).text).toContain(
      'step 1 (names_remove_thing, names/record/ollama.lab) has not happened',
    )
    letGo()
    expect((await first).kind).toBe('done')
    expect((await other.call('names_remove_thing', { ...record, confirm: tokens[1] })).text).toMatch(/^NOTHING TO DO/)
    expect((await confirmed(other, 'engine_remove_thing', container)).kind).toBe('done')
    expect(begun).toEqual(['remove_thing ollama.lab', 'remove_thing ollama'])
    expect(await groupsOf(lab)).toEqual([id, id])
    expect(await readdir(join(lab.stateDirectory, 'sequences', 'taken'))).toEqual([])
  })

  test('is done once, and in order, where both go as fast as they can', async () => {
    const lab = await openLab()
    const other = await lab.another()
    const id = idOf(await lab.call('plan_decommission', { name: 'ollama' }))
    const begun: string[] = []
    lab.failing.ran = (tool, key) => begun.push(`${tool} ${key}`)
    const work = async ({ call }: Pick<OpenShelves, 'call'>) => {
      for (const [name, input, isThere] of [
        ['names_remove_thing', record, () => lab.records.has('ollama.lab')],
        ['engine_remove_thing', container, () => lab.containers.has('ollama')],
      ] as const)
        while (isThere()) {
          const planned = await call(name, input)
          if (planned.kind === 'plan' && isThere()) await call(name, { ...input, confirm: tokenOf(planned) })
        }
    }
    await Promise.all([work(lab), work(other)])
    expect(begun).toEqual(['remove_thing ollama.lab', 'remove_thing ollama'])
    expect(await groupsOf(lab)).toEqual([id, id])
  })

  test('is gone on with where one of them was killed at a step, and where a step failed', async () => {
    const lab = await openLab()
    const id = idOf(await lab.call('plan_decommission', { name: 'ollama' }))
    lab.failing.error = new ToolError('upstream', 'It is stuck.')
    expect(codeOf(await confirmed(lab, 'names_remove_thing', record))).toBe('upstream')
    delete lab.failing.error
    const text = await readFile(join(lab.stateDirectory, 'sequences', `${id}.json`), 'utf8')
    const { steps } = JSON.parse(text) as { steps: { key: string }[] }
    await mkdir(join(lab.stateDirectory, 'sequences', 'taken'), { recursive: true })
    const taken = { owner: 2 ** 30, host: hostname(), begun: '1', at: Date.now() }
    await writeFile(join(lab.stateDirectory, 'sequences', 'taken', `${id}.${steps[0]?.key ?? ''}.1`), JSON.stringify(taken))
    expect((await confirmed(lab, 'names_remove_thing', record)).kind).toBe('done')
    expect(await groupsOf(lab)).toEqual([id])
    expect(await readdir(join(lab.stateDirectory, 'sequences', 'taken'))).toEqual([])
  })
})

describe('a sequence', () => {
  test('stops at a step a person refused, and says so', async () => {
    const lab = await openLab({ approval: { targets: { 'names/record/ollama.lab': 'human' } } })
    const { owner, record: key } = quickOwner()
    await lab.catalogue.runtime.store.write('owner.json', key)
    const other = await lab.another()
    await other.call('plan_decommission', { name: 'ollama' })
    const pending = await other.call('names_remove_thing', record)
    if (pending.kind !== 'pending') throw new Error(pending.text)
    const requests = createApprovalRequests(other.catalogue.runtime, owner)
    await requests.decide(pending.approval ?? '', { decision: 'rejected', by: 'cli:me', passphrase: '' })
    const confirm = pending.plan?.confirm
    expect((await other.call('names_remove_thing', { ...record, confirm })).text).toContain(
      'The plan was rejected (cli:me); nothing was done.',
    )
    const refused = await other.call('engine_remove_thing', container)
    expect(codeOf(refused)).toBe('conflict')
    expect(refused.text).toContain('step 1 (names_remove_thing, names/record/ollama.lab) has not happened')
    expect(refused.text).toContain(
      'If it was refused, stop; plan_decommission with except: ["names/record/ollama.lab"] plans the rest without it.',
    )
    await other.call('plan_decommission', { name: 'ollama', except: ['names/record/ollama.lab'] })
    expect((await confirmed(other, 'engine_remove_thing', container)).kind).toBe('done')
    expect([lab.records.has('ollama.lab'), lab.containers.has('ollama')]).toEqual([true, false])
  })

  test.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, 40)],
    ['empty', () => ''],
    ['without the names of its steps', (text) => JSON.stringify({ ...(JSON.parse(text) as object), steps: [null, 3, {}] })],
    ['of another form', (text) => JSON.stringify({ version: 9, ...(JSON.parse(text) as object), names: 'ollama', steps: { first: text } })],
    [
      'kept by a clock far ahead',
      (text) => JSON.stringify({ ...(JSON.parse(text) as object), expires: Date.now() + 10 * 365 * 86_400_000 }),
    ],
    ['under the name of another', (text) => JSON.stringify({ ...(JSON.parse(text) as object), id: '../plans/elsewhere' })],
  ])('that is %s binds nobody', async (_, alter) => {
    const lab = await openLab()
    await lab.call('plan_decommission', { name: 'ollama' })
    await rewritten(lab, alter)
    expect((await confirmed(lab, 'engine_remove_thing', container)).kind).toBe('done')
    expect(await groupsOf(lab)).toEqual([undefined])
    expect((await lab.call('plan_decommission', { name: 'ollama.lab' })).kind).toBe('done')
    expect(lab.log).toEqual([])
  })

  test('of one principal holds up nobody else, even at the same step', async () => {
    const lab = await openLab()
    const somebody = { principal: 'local:somebody-else' }
    const id = idOf(await lab.call('plan_decommission', { name: 'ollama' }))
    const theirs = idOf(await lab.call('plan_decommission', { name: 'ollama' }, somebody))
    expect(theirs).not.toBe(id)
    const confirm = tokenOf(await lab.call('names_remove_thing', record))
    const theirConfirm = tokenOf(await lab.call('names_remove_thing', record, somebody))
    const { letGo, arrival } = held(lab, 2)
    const mine = lab.call('names_remove_thing', { ...record, confirm })
    const other = lab.call('names_remove_thing', { ...record, confirm: theirConfirm }, somebody)
    await arrival
    letGo()
    expect([(await mine).kind, (await other).kind]).toEqual(['done', 'done'])
    expect(await groupsOf(lab)).toEqual(expect.arrayContaining([id, theirs]))
    expect((await lab.call('engine_remove_thing', container, { principal: 'local:third' })).kind).toBe('plan')
  })
})
