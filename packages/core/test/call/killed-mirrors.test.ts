import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tokenOf } from '../open-shelves.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import type { KeptLab } from './kept-lab.ts'
import { auditOf, openProcess, recordsIn, runErrand } from './kept-process.ts'
import { writesIn } from './kept-shelf.ts'

/** How the write goes that is killed. */
interface Way {
  title: string
  /** What is so from the planning on. */
  planned?: Pick<KeptLab, 'down'>
  /** What is so only while it is done. */
  running?: Pick<KeptLab, 'jammed'>
  input?: Record<string, unknown>
  /** What it answers where nobody kills it. */
  kind: string
  /** Every state it was left in: what left and right hold, how many changes are in the journal, and what the token comes to where it is not refused. */
  seen: string[]
}

const ways: Way[] = [
  {
    title: 'a write to both',
    kind: 'done',
    seen: [
      'off off, 0 kept, done',
      'off off, 0 kept',
      'on off, 0 kept',
      'on off, 1 kept',
      'on on, 1 kept',
      'on on, 2 kept',
      'on on, 2 kept, done',
    ],
  },
  {
    title: 'a write that leaves one out',
    planned: { down: 'right' },
    input: { allow_partial: true },
    kind: 'done',
    // The one that was left out is there again, so the token is void.
    seen: ['off off, 0 kept, plan', 'off off, 0 kept', 'on off, 0 kept', 'on off, 1 kept', 'on off, 1 kept, done'],
  },
  {
    title: 'a write that fails on the second before it took effect',
    running: { jammed: { instance: 'right', when: 'before' } },
    kind: 'error',
    seen: ['off off, 0 kept, done', 'off off, 0 kept', 'on off, 0 kept', 'on off, 1 kept', 'off off, 1 kept', 'off off, 2 kept'],
  },
  {
    title: 'a write that fails on the second after it took effect',
    running: { jammed: { instance: 'right', when: 'after' } },
    kind: 'error',
    seen: [
      'off off, 0 kept, done',
      'off off, 0 kept',
      'on off, 0 kept',
      'on off, 1 kept',
      'on on, 1 kept',
      'on on, 2 kept',
      'on off, 2 kept',
      'on off, 3 kept',
      'off off, 3 kept',
      'off off, 4 kept',
    ],
  },
]

interface Listed {
  id: string
  group: string
  instance: string
  undoes?: string
  undone_by?: string
}

/** Puts `lamp: on` where `lamp: off` is, on two shelves, in a process that is killed at a point. */
async function killedAt(fatal: number, program: string, { planned = {}, running = {}, input = {} }: Way) {
  const directory = temporaryDirectory(onTestFinished)
  const [stateDirectory, left, right] = ['state', 'left', 'right'].map((name) => join(directory, name)) as [string, string, string]
  const lab: KeptLab = { stateDirectory, shelves: { left, right } }
  const first = openProcess(lab)
  await first.call('shelf_add_entry', {
    name: 'lamp',
    value: 'off',
    confirm: tokenOf(await first.call('shelf_add_entry', { name: 'lamp', value: 'off' })),
  })
  await first.close()
  const given = { name: 'lamp', value: 'on', ...input }
  const planning = openProcess({ ...lab, ...planned })
  const confirm = tokenOf(await planning.call('shelf_add_entry', given))
  const earlier = await changesOf(planning)
  await planning.close()
  const errand = { lab: { ...lab, ...planned, ...running }, name: 'shelf_add_entry', input: { ...given, confirm }, fatal }
  const told = await runErrand(program, errand)

  const held = () => [left, right].map((file) => Object.fromEntries(writesIn(file))['lamp'] ?? 'none')
  const writes = () => [left, right].map((file) => writesIn(file).length)
  const [found, partial, before] = [held(), await recordsIn(lab, 'partial'), writes()]
  const later = openProcess(lab)
  const findings = (await later.call('needs_attention')).text
  const changes = (await changesOf(later)).filter(({ id }) => !earlier.some((one) => one.id === id))
  const again = await later.call('shelf_add_entry', { ...given, confirm })
  const unwritten = told === undefined && again.kind !== 'done' ? JSON.stringify(before) === JSON.stringify(writes()) : true
  const { problems } = await auditOf(lab)
  return { told, found, partial: partial.length, findings, changes, again, unwritten, problems, later, held, lab }
}

async function changesOf({ call }: Pick<ReturnType<typeof openProcess>, 'call'>): Promise<Listed[]> {
  const listed = await call('list_changes')
  return listed.kind === 'done' ? (listed.output as { changes: Listed[] }).changes : []
}

test.each(ways.map((way) => [way.title, way] as const))(
  '%s that is killed at any point is everywhere, nowhere, or told of',
  { timeout: 120_000 },
  async (_, way) => {
    const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
    expect((await killedAt(0, program, way)).told).toMatchObject({ kind: way.kind })
    const seen = new Set<string>()
    for (let point = 1; point < 200; point += 1) {
      const { told, found, partial, findings, changes, again, unwritten, problems, later, held, lab } = await killedAt(point, program, way)
      if (told !== undefined) break
      const isHalf = found[0] !== found[1]
      expect({ point, problems, unwritten, log: later.log }).toEqual({ point, problems: [], unwritten: true, log: [] })
      expect({ point, isHalf, ...toldIn(findings) }).toEqual({ point, isHalf, isTold: isHalf, isNamed: isHalf })
      expect({ point, isKept: partial === 1 || !isHalf }).toEqual({ point, isKept: true })
      seen.add(`${found.join(' ')}, ${changes.length} kept${again.kind === 'error' ? '' : `, ${again.kind}`}`)
      const standing = changes.filter(({ undone_by, undoes }) => undone_by === undefined && undoes === undefined)
      const expected = held().map((value, index) =>
        standing.some(({ instance }) => instance === ['left', 'right'][index]) ? 'off' : value,
      )
      const back = await takenBack(later, standing)
      expect({ point, back, held: held() }).toEqual({ point, back: standing.length === 0 ? undefined : 'done', held: expected })
      // What is alike is forgotten, and what undoing made differ is seen where it is.
      const isAlike = held()[0] === held()[1]
      expect({ point, ...toldIn((await later.call('needs_attention')).text) }).toMatchObject({ point, isNamed: !isAlike })
      const isForgotten = (await recordsIn(lab, 'partial')).length === 0
      expect({ point, isForgotten: isForgotten || !isAlike }).toEqual({ point, isForgotten: true })
      await later.close()
      expect({ point, problems: (await auditOf(lab)).problems }).toEqual({ point, problems: [] })
    }
    expect([...seen]).toEqual(way.seen)
  },
)

/** Takes back the group of what still stands; undefined where nothing does. */
async function takenBack({ call }: ReturnType<typeof openProcess>, [change]: readonly Listed[]): Promise<string | undefined> {
  if (change === undefined) return undefined
  const confirm = tokenOf(await call('undo_change', { change: change.group }))
  return (await call('undo_change', { change: change.group, confirm })).kind
}

function toldIn(findings: string): { isTold: boolean; isNamed: boolean } {
  return {
    isTold: findings.includes('A write is not on every Shelf'),
    isNamed: findings.includes('Shelf right is not like left'),
  }
}
