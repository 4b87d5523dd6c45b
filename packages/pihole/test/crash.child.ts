import { createConnection } from '@rackwarden/core/runtime'
import { openProcess } from './mirror-lab.ts'

/** Confirms a plan over the Pi-holes at these addresses; whoever started it may end it at any moment. */
const [stateDirectory = '', name = '', input = '{}', password = '', ...urls] = process.argv.slice(2)
const names = ['primary', 'secondary']
const instances = Object.fromEntries(
  urls.map((url, index) => {
    const config = { url, password }
    return [names[index] ?? url, { config, connection: createConnection(config, { log: () => undefined }) }]
  }),
)
const { call, close } = openProcess(stateDirectory, instances)
const result = await call(name, JSON.parse(input) as Record<string, unknown>)
await close()
process.stdout.write(result.kind)
