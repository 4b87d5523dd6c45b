import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tokenOf } from '../open-shelves.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import type { KeptLab } from './kept-lab.ts'
import { auditOf, openProcess, recordsIn, runErrand } from './kept-process.ts'
import { keptMap, writesIn } from './kept-shelf.ts'
import type { Errand } from './killed-writes.child.ts'

type House = Required<Pick<KeptLab, 'house'>>

/** A plan to have a wing added, whose work goes on without whoever asked for it. */
async function plannedWing(): Promise<Errand & { lab: House & KeptLab }> {
  const directory = temporaryDirectory(onTestFinished)
  const paths = ['state', 'shelf', 'notes', 'copies'].map((name) => join(directory, name))
  const [stateDirectory, main, notes, copies] = paths as [string, string, string, string]
  const lab = { stateDirectory, shelves: { main }, house: { notes, copies } }
  const planning = openProcess(lab)
  const confirm = tokenOf(await planning.call('house_add_wing', { name: 'west' }))
  await planning.close()
  return { lab, name: 'house_add_wing', input: { name: 'west', confirm }, fatal: 0 }
}

const wingsIn = (lab: House) => writesIn(lab.house.notes).length

/** Kills a process at a point, and gives what the next one makes of what that left. */
async function killedAt(fatal: number, program: string) {
  const errand = await plannedWing()
  const told = await runErrand(program, { ...errand, fatal })
  const begun = (await recordsIn(errand.lab, 'begun')).length
  const left = wingsIn(errand.lab)
  const later = openProcess(errand.lab)
  const attention = (await later.call('needs_attention')).text
  await later.catalogue.followBegun()
  const changes = (await later.call('list_changes')).text
  const again = await later.call(errand.name, errand.input)
  await later.close()
  const { problems, unfinished } = await auditOf(errand.lab)
  return { told, begun, left, attention, changes, again, log: later.log, lab: errand.lab, problems, unfinished }
}

describe('a write whose process is killed while its upstream works', () => {
  test('is found out about by the next one, wherever it was killed, and is begun once at most', { timeout: 120_000 }, async () => {
    const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
    const seen = new Set<string>()
    for (let fatal = 1; fatal < 150; fatal += 1) {
      const { told, begun, left, attention, changes, again, lab, problems, unfinished } = await killedAt(fatal, program)
      expect({ fatal, problems, records: (await recordsIn(lab, 'begun')).length }).toEqual({ fatal, problems: [], records: 0 })
      expect({ fatal, isAttended: attention.includes('Its process ended before it: Add west') }).toEqual({ fatal, isAttended: begun === 1 })
      // What was known to be begun is in the journal afterwards, ended in the audit, and answered to whoever sends the token again.
      const isKnown = { isKept: changes.includes('Add west'), isEnded: unfinished.length === 0, again: again.kind }
      if (begun === 1) seen.add(`begun: ${JSON.stringify(isKnown)}`)
      expect({ fatal, wings: wingsIn(lab) }).toEqual({ fatal, wings: left === 0 && again.kind === 'done' ? 1 : left })
      if (told !== undefined) break
    }
    expect([...seen]).toEqual(['begun: {"isKept":true,"isEnded":true,"again":"done"}'])
  })

  test('is followed until its work ends, and told as it ends', { timeout: 60_000 }, async () => {
    const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
    for (let fatal = 1; fatal < 150; fatal += 1) {
      const errand = await plannedWing()
      await runErrand(program, { ...errand, fatal })
      if ((await recordsIn(errand.lab, 'begun')).length === 0) continue
      keptMap<string>(errand.lab.house.notes, () => undefined).set('west', 'burnt')
      const later = openProcess(errand.lab)
      await later.catalogue.followBegun()
      expect(later.log).toEqual(["warn: The process that was at 'Add west' ended before it: it failed (it is burnt)."])
      const again = await later.call(errand.name, errand.input)
      expect(again.text).toContain('Already tried')
      expect(again.text).toContain('it failed (it is burnt)')
      expect((await later.call('list_changes')).text).not.toContain('Add west')
      await later.close()
      expect((await auditOf(errand.lab)).unfinished).toEqual([])
      return
    }
    expect.unreachable('somewhere it is killed while the upstream works')
  })
})
