import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readAudit, verifyAudit } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { openShelves, tokenOf } from '../open-shelves.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import { keptShelf, writesIn } from './kept-shelf.ts'

const run = promisify(execFile)
const input = { name: 'lamp', value: 'on' }

/** Confirms a plan in a process that is killed at a point, and gives what another process finds and makes of it. */
async function killedAt(point: number, program: string) {
  const directory = temporaryDirectory(onTestFinished)
  const [stateDirectory, file] = [join(directory, 'state'), join(directory, 'upstream')]
  const open = () => openShelves({ main: keptShelf(file) }, { stateDirectory })
  const planned = await open()
  const confirm = tokenOf(await planned.call('shelf_add_entry', input))
  await planned.catalogue.runtime.audit.flush()
  const ended = await run(process.execPath, [program, stateDirectory, file, confirm, String(point)]).catch(() => undefined)
  const told = ended === undefined ? undefined : (JSON.parse(ended.stdout) as { kind: string; points: number })

  const written = writesIn(file).length
  const lines = (await readAudit(stateDirectory)).filter(({ kind }) => kind !== 'read')
  const { problems, unfinished } = await verifyAudit(stateDirectory)
  const later = await open()
  const listed = await later.call('list_changes')
  const changes = listed.kind === 'done' ? (listed.output as { changes: { id: string }[] }).changes : []
  const shown = await Promise.all(changes.map(({ id }) => later.call('get_change', { id })))
  const again = await later.call('shelf_add_entry', { ...input, confirm })
  return {
    told,
    written,
    begun: lines.some(({ kind }) => kind === 'intent'),
    ended: lines.some(({ kind }) => kind === 'outcome'),
    problems,
    unfinished: unfinished.flatMap(({ targets = [] }) => targets),
    changes: changes.length,
    whole: shown.every(({ kind }) => kind === 'done'),
    again: again.kind === 'error' ? again.error.code : again.kind,
    writtenInAll: writesIn(file).length,
  }
}

type Found = Awaited<ReturnType<typeof killedAt>>

function judged({ told, problems, whole, written, begun, unfinished, changes, writtenInAll, again }: Found) {
  return {
    told,
    problems,
    whole,
    announced: written <= Number(begun),
    unfinished,
    kept: changes <= written,
    once: writtenInAll <= 1,
    again: ['done', 'conflict'].includes(again) && (again !== 'done' || writtenInAll === 1),
  }
}

/** What was written was announced before, what began and did not end is named, and the token runs only what was never begun. */
function asItMustBe({ begun, ended }: Found): ReturnType<typeof judged> {
  const unfinished = begun && !ended ? ['shelf/entry/lamp'] : []
  return { told: undefined, problems: [], whole: true, announced: true, unfinished, kept: true, once: true, again: true }
}

test('a write that is killed at any point is never done twice, and never without a record', { timeout: 120_000 }, async () => {
  const program = await bundle('../call/fault-points.child.ts', temporaryDirectory(onTestFinished))
  const whole = await killedAt(0, program)
  expect(whole).toMatchObject({ told: { kind: 'done' }, written: 1, ended: true, changes: 1, again: 'done', writtenInAll: 1 })
  const seen = new Set<string>()
  // What is asked last may differ by a look at the store: it is over where the process lives.
  for (let point = 1; point < 200; point += 1) {
    const found = await killedAt(point, program)
    if (found.told !== undefined) break
    expect({ point, ...judged(found) }).toEqual({ point, ...asItMustBe(found) })
    seen.add(`${found.begun ? 'begun' : 'not begun'} ${found.written} written ${found.changes} kept ${found.again}`)
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'not begun 0 written 0 kept done',
      'not begun 0 written 0 kept conflict',
      'begun 0 written 0 kept conflict',
      'begun 1 written 0 kept conflict',
      'begun 1 written 1 kept conflict',
    ]),
  )
})
