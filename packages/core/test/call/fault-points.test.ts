import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createApprovalRequests, readAudit, verifyAudit, type CallResult } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { openShelves, type OpenShelves } from '../open-shelves.ts'
import { quickOwner } from '../quick-owner.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import type { Confirmation } from './fault-points.child.ts'
import { keptShelf, writesIn } from './kept-shelf.ts'

const run = promisify(execFile)
const input = { name: 'lamp', value: 'on' }

/** Who agrees to the write that is killed: the caller, a person at a shell before it, or one who answers a form. */
type Way = 'token' | 'cli:me' | 'elicitation'

/** Plans, has whoever must agree do so, and gives the call that runs it. */
async function agreed(way: Way, { call, catalogue }: OpenShelves): Promise<{ confirmation: Confirmation; request: string; desk: Desk }> {
  const { owner, record } = quickOwner()
  await catalogue.runtime.store.write('owner.json', record)
  const requests = createApprovalRequests(catalogue.runtime, owner)
  const planned = await call('shelf_add_entry', input, way === 'elicitation' ? { client: { askable: ['elicitation'] } } : {})
  if (planned.kind !== 'plan' && planned.kind !== 'pending') throw new Error(planned.text)
  const request = planned.kind === 'pending' ? (planned.approval ?? '') : ''
  const approve = () => requests.decide(request, { decision: 'approved', by: 'cli:me', passphrase: '' })
  if (way === 'cli:me') await approve()
  const desk = { approve, waits: async () => (await requests.pending()).some(({ id }) => id === request) }
  if (planned.kind === 'plan' || way !== 'elicitation') return { confirmation: { confirm: planned.plan?.confirm ?? '' }, request, desk }
  const answers = { given: { approval: { action: 'accept', content: {} } }, state: planned.questions?.state }
  return { confirmation: { client: { askable: ['elicitation'], answers } }, request, desk }
}

/** What the owner does, and sees, at a shell. */
interface Desk {
  approve(): Promise<unknown>
  waits(): Promise<boolean>
}

/** Runs an agreed plan in a process that is killed at a point, and gives what another process finds and makes of it. */
async function killedAt(point: number, program: string, way: Way) {
  const directory = temporaryDirectory(onTestFinished)
  const [stateDirectory, file] = [join(directory, 'state'), join(directory, 'upstream')]
  const approval = { tiers: { configure: way === 'token' ? ('token' as const) : ('human' as const) } }
  const open = () => openShelves({ main: keptShelf(file) }, { stateDirectory, approval })
  const planned = await open()
  const { confirmation, request, desk } = await agreed(way, planned)
  await planned.catalogue.runtime.audit.flush()
  const argv = [program, stateDirectory, file, JSON.stringify({ approval, ...confirmation }), String(point)]
  const ended = await run(process.execPath, argv).catch(() => undefined)
  const told = ended === undefined ? undefined : (JSON.parse(ended.stdout) as { kind: string; points: number })

  const written = writesIn(file).length
  const lines = (await readAudit(stateDirectory)).filter(({ kind }) => kind !== 'read')
  const { problems, unfinished } = await verifyAudit(stateDirectory)
  const later = await open()
  const listed = await later.call('list_changes')
  const changes = listed.kind === 'done' ? (listed.output as { changes: { id: string; approval?: string }[] }).changes : []
  const shown = await Promise.all(changes.map(({ id }) => later.call('get_change', { change: id })))
  const waits = await desk.waits()
  const { confirm, client } = confirmation
  const confirmed = () =>
    later.call('shelf_add_entry', { ...input, ...(confirm === undefined ? {} : { confirm }) }, client === undefined ? {} : { client })
  const again = await confirmed()
  const [waitsLater, writtenThen] = [await desk.waits(), writesIn(file).length]
  // A person who finds the request agrees to it after all.
  if (request !== '') await desk.approve().catch(() => undefined)
  await confirmed()
  const intents = lines.filter(({ kind }) => kind === 'intent')
  return {
    told,
    written,
    begun: intents.length > 0,
    ended: lines.some(({ kind }) => kind === 'outcome'),
    agreedBy: intents.map(({ approval: by }) => by),
    requested: lines.filter(({ result, approval: id }) => result === 'requested' && id === request).length,
    problems,
    unfinished: unfinished.flatMap(({ targets = [] }) => targets),
    changes: changes.length,
    whole: shown.every(({ kind }) => kind === 'done'),
    again: kindOf(again),
    waits,
    waitsLater,
    writtenThen,
    writtenInAll: writesIn(file).length,
  }
}

function kindOf(result: CallResult): string {
  return result.kind === 'error' ? result.error.code : result.kind
}

type Found = Awaited<ReturnType<typeof killedAt>>

function judged(found: Found) {
  const { told, problems, whole, written, begun, unfinished, changes, writtenThen, writtenInAll, again, agreedBy } = found
  return {
    told,
    problems,
    whole,
    announced: written <= Number(begun),
    agreedBy,
    requested: found.requested,
    unfinished,
    kept: changes <= written,
    once: writtenInAll <= 1,
    again: ['done', 'conflict'].includes(again) && (again !== 'done' || writtenThen === 1),
    // What is left of a request is void: nobody runs it by agreeing to it.
    late: writtenInAll - writtenThen,
    waits: found.waits && begun,
    waitsLater: found.waitsLater && again === 'done',
  }
}

/** What was written was agreed to and announced before, what began and did not end is named, and the token runs only what was never begun. */
function asItMustBe(way: Way, { begun, ended }: Found): ReturnType<typeof judged> {
  const unfinished = begun && !ended ? ['shelf/entry/lamp'] : []
  const records = { agreedBy: begun ? [way] : [], requested: way === 'token' ? 0 : 1, unfinished }
  const held = { whole: true, announced: true, kept: true, once: true, again: true }
  return { told: undefined, problems: [], ...records, ...held, late: 0, waits: false, waitsLater: false }
}

test.each<Way>(['token', 'cli:me', 'elicitation'])(
  'a write agreed to by %s that is killed at any point is never done twice, and never without a record',
  { timeout: 120_000 },
  async (way) => {
    const program = await bundle('../call/fault-points.child.ts', temporaryDirectory(onTestFinished))
    const whole = await killedAt(0, program, way)
    expect(whole).toMatchObject({ told: { kind: 'done' }, written: 1, ended: true, changes: 1, again: 'done', writtenInAll: 1 })
    expect(whole).toMatchObject({ agreedBy: [way], waits: false, waitsLater: false })
    const seen = new Set<string>()
    // What is asked last may differ by a look at the store: it is over where the process lives.
    for (let point = 1; point < 200; point += 1) {
      const found = await killedAt(point, program, way)
      if (found.told !== undefined) break
      expect({ point, ...judged(found) }).toEqual({ point, ...asItMustBe(way, found) })
      const { begun, written, changes, again, waits } = found
      seen.add(`${begun ? 'begun' : 'not begun'} ${written} written ${changes} kept ${again}${waits ? ', waits' : ''}`)
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        way === 'elicitation' ? 'not begun 0 written 0 kept done, waits' : 'not begun 0 written 0 kept done',
        'not begun 0 written 0 kept conflict',
        'begun 0 written 0 kept conflict',
        'begun 1 written 0 kept conflict',
        'begun 1 written 1 kept conflict',
      ]),
    )
  },
)
