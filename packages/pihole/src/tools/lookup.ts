import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { recordTypes, type RecordType } from '../resolver.ts'
import { defineTool } from './define-tool.ts'

function typeOf(text: string): RecordType {
  const found = recordTypes.find((type) => type === text.trim().toUpperCase())
  if (found !== undefined) return found
  throw new ToolError('invalid_input', `'${text}' is no type of record.`, { hint: `It is one of these: ${recordTypes.join(', ')}.` })
}

/** What each instance answers now, asked over DNS itself. */
export const lookup = defineTool({
  name: 'lookup',
  title: 'Look a name up',
  description: 'What does a name resolve to now? Asks the DNS of each Pi-hole.',
  access: 'observe',
  untrusted: true,
  input: z.object({
    name: z.string().min(1).describe('Name or IP.'),
    type: z.string().optional().describe('Default: A.'),
  }),
  output: z.object({
    answers: z
      .array(
        z.object({
          on: z.string().optional().describe("Who says so: 'all', or names of instances."),
          rcode: z.string().describe('Outcome, as NOERROR or NXDOMAIN.'),
          records: z.string().describe('What it answers.'),
        }),
      )
      .describe('A row for each answer.'),
    latency_ms: z.number().describe('Of the slowest.'),
  }),
  run: async ({ name, type = 'A' }, { client, signal }) => client.resolver.ask(name, typeOf(type), signal),
  gather(answers) {
    const rows = new Map<string, { rcode: string; records: string; on: string[] }>()
    for (const { instance, output } of answers) {
      // Several addresses come in turn.
      const records = output.records.toSorted().join(', ') || '(none)'
      const key = `${output.rcode} ${records}`
      const row = rows.get(key) ?? { rcode: output.rcode, records, on: [] }
      rows.set(key, { ...row, on: [...row.on, instance] })
    }
    return {
      answers: [...rows.values()].map(({ on, ...row }) => ({
        ...(answers.length > 1 && { on: on.length === answers.length ? 'all' : on.join(', ') }),
        ...row,
      })),
      latency_ms: Math.max(...answers.map(({ output }) => output.milliseconds)),
    }
  },
})
