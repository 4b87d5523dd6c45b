import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tokenOf } from '../open-shelves.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import type { KeptLab } from './kept-lab.ts'
import { auditOf, openProcess, runErrand } from './kept-process.ts'
import { keptMap } from './kept-shelf.ts'
import type { Errand } from './killed-writes.child.ts'

type House = Required<Pick<KeptLab, 'house'>>
const given = { name: 'door', value: 'open', snapshot_first: true }

/** A machine, what copies it, and a plan to write in it behind a copy. */
async function plannedWrite(): Promise<Errand & { lab: House & KeptLab }> {
  const directory = temporaryDirectory(onTestFinished)
  const [stateDirectory, main, notes, copies] = ['state', 'shelf', 'notes', 'copies'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
    string,
  ]
  const lab = { stateDirectory, shelves: { main }, house: { notes, copies } }
  const planning = openProcess(lab)
  const confirm = tokenOf(await planning.call('house_write_note', given))
  await planning.close()
  return { lab, name: 'house_write_note', input: { ...given, confirm }, fatal: 0 }
}

function stateOf({ lab: { house } }: { lab: House }) {
  const size = (file: string) => keptMap(file, () => undefined).size
  return `${size(house.copies)} copied, ${size(house.notes)} written`
}

test('a write behind a way back whose process is killed is done once at most, and never without it', { timeout: 120_000 }, async () => {
  const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
  const seen = new Set<string>()
  for (let fatal = 1; fatal < 150; fatal += 1) {
    const errand = await plannedWrite()
    const told = await runErrand(program, { ...errand, fatal })
    const left = stateOf(errand)
    const later = openProcess(errand.lab)
    const again = await later.call(errand.name, errand.input)
    const changes = (await later.call('list_changes')).text
    await later.close()
    const { problems, unfinished } = await auditOf(errand.lab)
    expect({ fatal, problems, log: later.log }).toEqual({ fatal, problems: [], log: [] })
    expect({ fatal, left }).not.toEqual({ fatal, left: '0 copied, 1 written' })
    const now = stateOf(errand)
    // Where the token was not spent yet it is spent now; otherwise nothing happens a second time.
    expect({ fatal, now }).toEqual({ fatal, now: again.kind === 'done' ? '1 copied, 1 written' : left })
    // A copy is in the journal, or the audit says that it was begun.
    const isTold =
      left.startsWith('0 copied') || changes.includes('keeper_copy_machine') || unfinished.some((one) => one.startsWith('keeper/copy'))
    expect({ fatal, isTold }).toEqual({ fatal, isTold: true })
    seen.add(`${left}, ${again.kind}`)
    if (told !== undefined) break
  }
  expect([...seen]).toEqual([
    '0 copied, 0 written, done',
    '0 copied, 0 written, error',
    '1 copied, 0 written, error',
    '1 copied, 1 written, error',
    '1 copied, 1 written, done',
  ])
})
