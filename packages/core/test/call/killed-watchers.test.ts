import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tokenOf } from '../open-shelves.ts'
import { bundle, temporaryDirectory } from '../record/disk.ts'
import type { KeptLab } from './kept-lab.ts'
import { auditOf, openProcess, recordsIn, runErrand } from './kept-process.ts'
import { keptMap, ringsIn } from './kept-shelf.ts'
import type { Errand } from './killed-writes.child.ts'

const none = () => undefined

/** A bell, its guard, and a plan to ring it. */
async function plannedRing(): Promise<Errand & { lab: Required<Pick<KeptLab, 'guard'>> & KeptLab }> {
  const directory = temporaryDirectory(onTestFinished)
  const [stateDirectory, main, guard] = ['state', 'shelf', 'guard'].map((name) => join(directory, name)) as [string, string, string]
  const lab = { stateDirectory, shelves: { main }, guard }
  const planning = openProcess(lab)
  const confirm = tokenOf(await planning.call('shelf_restart_bell'))
  await planning.close()
  return { lab, name: 'shelf_restart_bell', input: { confirm }, fatal: 0 }
}

/** What is paused at the guard, what is recorded of it, and how often the bell was rung. */
async function stateOf({ lab }: Awaited<ReturnType<typeof plannedRing>>) {
  return {
    records: (await recordsIn(lab, 'pauses')).length,
    paused: keptMap(lab.guard, none).size,
    rings: ringsIn(lab.shelves['main'] ?? ''),
  }
}

/** Rings the bell in a process that is killed at a point, and gives what it left and what the next process makes of that. */
async function killedAt(fatal: number, program: string) {
  const errand = await plannedRing()
  const told = await runErrand(program, { ...errand, fatal })
  const left = await stateOf(errand)
  const later = openProcess(errand.lab)
  await later.catalogue.resumeWatchers()
  const resumed = await stateOf(errand)
  const again = await later.call(errand.name, errand.input)
  const findings = (await later.call('needs_attention')).text
  const { log } = later
  await later.close()
  const { problems, unfinished } = await auditOf(errand.lab)
  return { told, left, resumed, again: again.kind, last: await stateOf(errand), findings, log, problems, unfinished }
}

describe('what was paused by a process that was killed', () => {
  test('is resumed by the next one, wherever it was killed, and the write is done once at most', { timeout: 120_000 }, async () => {
    const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
    const whole = await killedAt(0, program)
    expect(whole).toMatchObject({ told: { kind: 'done' }, left: { records: 0, paused: 0, rings: 1 }, again: 'done' })
    const seen = new Set<string>()
    for (let point = 1; point < 100; point += 1) {
      const { told, left, resumed, again, last, findings, log, problems, unfinished } = await killedAt(point, program)
      if (told !== undefined) break
      expect({ point, resumed, problems, log }).toEqual({
        point,
        resumed: { records: 0, paused: 0, rings: left.rings },
        problems: [],
        log: [],
      })
      // What is paused is on record, and what is on record is announced.
      expect({ point, isUnknown: left.paused > left.records }).toEqual({ point, isUnknown: false })
      const isAnnounced = left.records === 0 || unfinished.join() === 'shelf/bell/main'
      expect({ point, isAnnounced }).toEqual({ point, isAnnounced: true })
      expect({ point, last }).toEqual({ point, last: { records: 0, paused: 0, rings: again === 'done' ? 1 : left.rings } })
      expect(findings).toContain('Nothing needs attention')
      seen.add(`${left.records} kept, ${left.paused} paused, ${left.rings} rung, ${again}`)
    }
    expect([...seen]).toEqual([
      '0 kept, 0 paused, 0 rung, done',
      '0 kept, 0 paused, 0 rung, error',
      '1 kept, 0 paused, 0 rung, error',
      '1 kept, 1 paused, 0 rung, error',
      '1 kept, 1 paused, 1 rung, error',
      '1 kept, 0 paused, 1 rung, error',
      '0 kept, 0 paused, 1 rung, error',
      '0 kept, 0 paused, 1 rung, done',
    ])
  })

  test('is left to the process that paused it, while that lives', { timeout: 60_000 }, async () => {
    const program = await bundle('../call/killed-writes.child.ts', temporaryDirectory(onTestFinished))
    let hasPaused = false
    for (let fatal = 1; !hasPaused; fatal += 1) {
      const errand = await plannedRing()
      const child = spawn(process.execPath, [program, JSON.stringify({ ...errand, fatal, waits: true } satisfies Errand)], {
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      const ended = once(child, 'exit')
      await once(child.stdout, 'data')
      const left = await stateOf(errand)
      hasPaused = left.paused === 1 && left.rings === 1
      const beside = openProcess(errand.lab)
      await beside.catalogue.resumeWatchers()
      expect({ fatal, after: await stateOf(errand) }).toEqual({ fatal, after: left })
      expect((await beside.call('needs_attention')).text).toContain('Nothing needs attention')
      child.stdin.end('!')
      await ended
      expect(await stateOf(errand)).toEqual({ records: 0, paused: 0, rings: 1 })
    }
  })
})
