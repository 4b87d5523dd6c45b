import { createRuntime, defaultApproval, openCatalogue, type ApprovalPolicy, type Respondent, type Runtime } from '@rackwarden/core/runtime'
import { shelfService } from '../shelf.ts'
import { keptShelf } from './kept-shelf.ts'

/** What comes with the call that runs a plan: its token, or the answer to a question about it. */
export interface Confirmation {
  confirm?: string
  client?: Respondent
}

const [stateDirectory = '', file = '', how = '{}', fatal = '0'] = process.argv.slice(-4)
const { confirm, client, approval } = JSON.parse(how) as Confirmation & { approval: Partial<ApprovalPolicy> }
let points = 0

/** One point of a write; at the fatal one the process is gone, with whatever it had not yet written. */
function passed(): void {
  points += 1
  if (points === Number(fatal)) process.kill(process.pid, 'SIGKILL')
}

/** The same thing with a point before and after everything that is asked of it. */
function watched<Thing extends object>(thing: Thing): Thing {
  return new Proxy(thing, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key)
      if (typeof member !== 'function') return member
      return (...given: unknown[]) => {
        passed()
        const answer: unknown = Reflect.apply(member, target, given)
        if (!(answer instanceof Promise)) return answer
        return answer.finally(passed)
      }
    },
  })
}

const made = createRuntime({ version: '1.2.3', environment: {}, stateDirectory, log: () => undefined })
const runtime: Runtime = { ...made, store: watched(made.store), audit: watched(made.audit) }
const instance = { name: 'main', source: 'test', values: { shelf: 'main' } }
const catalogue = openCatalogue({
  name: 'shelves',
  title: 'Shelves',
  services: [shelfService({ main: keptShelf(file, passed) })],
  prefixed: true,
  runtime,
  configuration: {
    tier: 'configure',
    approval: { ...defaultApproval, ...approval },
    services: { shelf: { toolsOff: [], missing: [], off: false, instances: [instance] } },
  },
})
const result = await catalogue.call({
  name: 'shelf_add_entry',
  input: { name: 'lamp', value: 'on', ...(confirm === undefined ? {} : { confirm }) },
  ...(client === undefined ? {} : { client }),
  caller: { principal: 'local:tester', tier: 'configure' },
})
await catalogue.close(0)
await made.close()
process.stdout.write(JSON.stringify({ kind: result.kind, points }))
