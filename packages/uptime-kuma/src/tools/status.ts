import { z } from 'zod'
import { ageText, allFacts, countsText, watchedOf } from '../monitor-facts.ts'
import { defineTool, toldField } from './define-tool.ts'

const mostRows = 50

/** Says what is wrong now. */
export const getStatus = defineTool({
  name: 'get_status',
  title: 'Status of all monitors',
  description: 'Which monitors (websites, uptime checks) are down, failing or flapping now, since when and why.',
  access: 'observe',
  toolset: 'monitors',
  input: z.object({}),
  output: z.object({
    monitors: z.string().describe('How many are in which state.'),
    told: toldField,
    maintenance: z.array(z.string()).optional().describe('Windows of maintenance now.'),
    trouble: z
      .array(
        z.object({
          monitor: z.string().describe('Name.'),
          state: z.string().describe('What it is.'),
          since: z.string().optional().describe('Since when.'),
          watches: z.string().optional().describe('What it watches.'),
          message: z.string().optional().describe('What the last check said.'),
        }),
      )
      .describe('Worst first.'),
    more: z.number().optional().describe('How many more are in trouble.'),
  }),
  untrusted: true,
  async run(_, { client, signal }) {
    const all = allFacts(client.picture, await client.monitors(signal))
    const trouble = all.filter(({ state, isFlapping }) => state === 'down' || state === 'pending' || isFlapping)
    const windows = client.picture.maintenances().filter(({ status }) => status === 'under-maintenance')
    return {
      monitors: countsText(all),
      told: ageText(client.picture.silence()),
      ...(windows.length === 0 ? {} : { maintenance: windows.map(({ id, title }) => `#${id} ${title}`) }),
      trouble: trouble.slice(0, mostRows).map(({ monitor, state, since, isFlapping, changes, last }) => ({
        monitor: monitor.name,
        state: isFlapping ? `${state}, flapping (${changes} changes within an hour)` : state,
        since,
        watches: watchedOf(monitor) || undefined,
        message: last?.msg || undefined,
      })),
      ...(trouble.length > mostRows ? { more: trouble.length - mostRows } : {}),
    }
  },
})
