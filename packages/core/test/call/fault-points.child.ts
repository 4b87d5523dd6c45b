import { createRuntime, defaultApproval, openCatalogue, type ApprovalPolicy, type Respondent, type Runtime } from '@rackwarden/core/runtime'
import { shelfService } from '../shelf.ts'
import { fatalPoints } from './fatal-points.ts'
import { keptShelf } from './kept-shelf.ts'

/** What comes with the call that runs a plan: its token, or the answer to a question about it. */
export interface Confirmation {
  confirm?: string
  client?: Respondent
}

const [stateDirectory = '', file = '', how = '{}', fatal = '0'] = process.argv.slice(-4)
const { confirm, client, approval } = JSON.parse(how) as Confirmation & { approval: Partial<ApprovalPolicy> }
const points = fatalPoints(Number(fatal))

const made = createRuntime({ version: '1.2.3', environment: {}, stateDirectory, log: () => undefined })
const runtime: Runtime = { ...made, store: points.watched(made.store), audit: points.watched(made.audit) }
const instance = { name: 'main', source: 'test', values: { shelf: 'main' } }
const catalogue = openCatalogue({
  name: 'shelves',
  title: 'Shelves',
  services: [shelfService({ main: keptShelf(file, points.passed) })],
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
process.stdout.write(JSON.stringify({ kind: result.kind, points: points.count }))
