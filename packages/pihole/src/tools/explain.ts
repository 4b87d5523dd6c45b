import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { canonicalName, recordsOf } from '../records.ts'
import { reasonsOf, verdictOf, type Reason } from '../verdict.ts'
import { queryRow } from '../query-row.ts'
import { defineTool } from './define-tool.ts'

const fewQueries = 5

/** Why a domain is blocked or not. */
export const explainDomain = defineTool({
  name: 'explain_domain',
  title: 'Explain a domain',
  description: 'Why a domain is blocked or allowed: what decides it, and its last queries.',
  access: 'observe',
  untrusted: true,
  input: z.object({ domain: z.string().min(1).describe('Domain.') }),
  output: z.object({
    verdict: z.string().describe('What becomes of it, and why.'),
    reasons: z.array(
      z.object({
        by: z.string().describe('What speaks of it.'),
        entry: z.string().describe('Its text or address.'),
        applies: z.string().describe('To whom.'),
        comment: z.string().optional().describe('Comment.'),
        on: z.string().optional().describe('Where not all have it.'),
      }),
    ),
    queries: z.array(
      z.object({
        at: z.string().describe('When.'),
        client: z.string().describe('Who asked.'),
        status: z.string().describe('What became of it.'),
        instance: z.string().optional().describe('Whom.'),
      }),
    ),
  }),
  async run({ domain }, { client, signal }) {
    const name = canonicalName(domain)
    if (name === '' || /[\s/]/.test(name))
      throw new ToolError('invalid_input', `'${domain}' is no domain.`, { hint: 'Give a name such as ads.example.com.' })
    const [found, blocking, groups, lines, queries] = await Promise.all([
      client.search(name, signal),
      client.blocking(signal),
      client.groups(signal),
      client.lines(signal),
      client.queries({ domain: name, length: fewQueries }, signal),
    ])
    const local = recordsOf(lines)
      .filter((record) => record.name === name)
      .map(({ value }) => value)
    const facts = { ...found, blocking, groups, local, queries }
    return { verdict: verdictOf(facts), reasons: reasonsOf(facts), queries: queries.map(queryRow) }
  },
  gather(answers) {
    const isOne = answers.length === 1
    const verdicts = new Map<string, string[]>()
    const reasons = new Map<string, { row: Reason; on: string[] }>()
    for (const { instance, output } of answers) {
      verdicts.set(output.verdict, [...(verdicts.get(output.verdict) ?? []), instance])
      for (const row of output.reasons) {
        const key = JSON.stringify(row)
        reasons.set(key, { row, on: [...(reasons.get(key)?.on ?? []), instance] })
      }
    }
    const [[only = ''] = []] = verdicts
    const queries = answers.flatMap(({ instance, output }) =>
      output.queries.map(({ at, client, status }) => ({ at, client, status, ...(!isOne && { instance }) })),
    )
    return {
      verdict: verdicts.size === 1 ? only : [...verdicts].map(([verdict, on]) => `${on.join(', ')}: ${verdict}`).join('; '),
      reasons: [...reasons.values()].map(({ row, on }) => ({ ...row, ...(on.length < answers.length && { on: on.join(', ') }) })),
      queries: queries.toSorted((first, second) => (first.at < second.at ? 1 : -1)).slice(0, fewQueries),
    }
  },
})
