import { readSync, writeSync } from 'node:fs'
import { createRuntime, type Runtime } from '@rackwarden/core/runtime'
import { fatalPoints } from './fatal-points.ts'
import { openKept, type KeptLab } from './kept-lab.ts'

/** What a process is told to do, and at which of its points it ends or waits. */
export interface Errand {
  lab: KeptLab
  name: string
  input: Record<string, unknown>
  fatal: number
  /** True where it says so and waits to be told to go on instead. */
  waits?: true
}

const errand = JSON.parse(process.argv.at(-1) ?? '{}') as Errand
const wait = () => {
  writeSync(1, 'waiting\n')
  readSync(0, Buffer.alloc(1))
}
const { stateDirectory } = errand.lab
const points = fatalPoints(errand.fatal, ...(errand.waits === true ? [wait] : []))
const made = createRuntime({ version: '1.2.3', environment: {}, stateDirectory, log: () => undefined })
const store = points.watched(made.store, ['write', 'create', 'claim', 'remove'])
const runtime: Runtime = { ...made, store, audit: points.watched(made.audit, ['commit']) }
const { call, catalogue } = openKept(errand.lab, runtime, points.passed)
const result = await call(errand.name, errand.input)
await catalogue.close(0)
await made.close()
process.stdout.write(JSON.stringify({ kind: result.kind, points: points.count }))
