import { z } from 'zod'
import { findMonitor } from '../find-monitor.ts'
import { ageText, factsOf, percent, watchedOf } from '../monitor-facts.ts'
import { secretsHeld } from '../withheld.ts'
import { defineTool, monitorInput, toldField } from './define-tool.ts'
import { tagsText } from './monitors.ts'

const stateNames = ['down', 'up', 'pending', 'maintenance']
const mostChanges = 10

/** Reads one monitor whole, but for its secrets. */
export const getMonitor = defineTool({
  name: 'get_monitor',
  title: 'Read a monitor',
  description: 'One monitor: what it checks and how, last outages, uptime, certificate days; secrets by name only.',
  access: 'observe',
  toolset: 'monitors',
  input: z.object({ monitor: monitorInput }),
  output: z.object({
    id: z.number().describe('Id.'),
    name: z.string().describe('Name.'),
    description: z.string().optional().describe('Description.'),
    state: z.string().describe('State.'),
    since: z.string().optional().describe('Since when.'),
    told: toldField,
    type: z.string().describe('Type.'),
    watches: z.string().optional().describe('What it watches.'),
    expects: z.string().optional().describe('What it wants to find there.'),
    interval_s: z.number().optional().describe('Seconds between two checks.'),
    retries: z.number().optional().describe('Failures before it counts as down.'),
    group: z.string().optional().describe('Group it is in.'),
    tags: z.string().optional().describe('Tags.'),
    notifies: z.array(z.string()).describe('Notifications it uses.'),
    uptime_24h: z.number().optional().describe('In percent.'),
    average_ping_ms: z.number().optional().describe('Over 24 hours.'),
    certificate_days: z.number().optional().describe('Days the certificate is good for.'),
    withheld: z.array(z.string()).optional().describe('Secret fields that are set.'),
    changes: z
      .array(
        z.object({
          time: z.string().describe('When.'),
          became: z.string().describe('What it became.'),
          message: z.string().optional().describe('What the check said.'),
        }),
      )
      .describe('Newest first.'),
  }),
  untrusted: true,
  async run({ monitor: reference }, { client, signal }) {
    const monitors = await client.monitors(signal)
    const monitor = findMonitor(monitors, reference)
    const bean = await client.bean(monitor.id, signal)
    const { picture } = client
    const { state, since, isFlapping, uptime, certificateDays } = factsOf(picture, monitor)
    const { changes, averagePing } = picture.recordOf(monitor.id)
    const ids = Object.keys(monitor.notificationIDList ?? {}).map(Number)
    const secrets = secretsHeld(bean)
    return {
      id: monitor.id,
      name: monitor.name,
      description: monitor.description || undefined,
      state: isFlapping ? `${state}, flapping` : state,
      since,
      told: ageText(picture.silence()),
      type: monitor.type,
      watches: watchedOf(monitor) || undefined,
      expects: expectationOf(monitor),
      interval_s: monitor.interval ?? undefined,
      retries: monitor.maxretries ?? undefined,
      group: monitors.find(({ id }) => id === monitor.parent)?.name,
      tags: tagsText(monitor.tags) || undefined,
      notifies: ids.map((id) => picture.notifications().find((known) => known.id === id)?.name ?? `#${id}`),
      uptime_24h: percent(uptime),
      average_ping_ms: averagePing,
      certificate_days: certificateDays,
      ...(secrets.length === 0 ? {} : { withheld: secrets }),
      changes: changes
        .slice(-mostChanges)
        .toReversed()
        .map(({ time, status, msg }) => ({ time, became: stateNames[status] ?? String(status), message: msg || undefined })),
    }
  },
})

function expectationOf({
  type,
  keyword,
  jsonPath,
  expectedValue,
}: {
  type: string
  keyword: string
  jsonPath: string
  expectedValue: string
}) {
  if (type === 'keyword') return `the text ${keyword}`
  return type === 'json-query' ? `${jsonPath} = ${expectedValue}` : undefined
}
