import { z } from 'zod'
import { toolsFor } from '../define/tool.ts'
import { holdingHeads } from '../record/audit-file.ts'
import { verifyAudit } from '../record/audit-verify.ts'
import { sees, type Lab } from './lab.ts'

const defineTool = toolsFor<Lab>()

const head = z.object({
  name: z.string().describe('File.'),
  bytes: z.number().int().nonnegative().describe('How far.'),
  head: z.string().describe('SHA-256.'),
})

/** Rows of each list that are told; more are counted. */
const most = 20

/** Whether the audit is as it was written. */
export const verifyAuditChains = defineTool({
  name: 'verify_audit',
  title: 'Verify the audit',
  description: 'Whether the audit is as it was written: every chain, kept heads compared, and writes that never ended.',
  access: 'observe',
  input: z.object({ heads: z.array(head).optional().describe('Kept elsewhere.') }),
  output: z.object({
    whole: z.boolean().describe('Whether nothing is wrong.'),
    lines: z.number().int().describe('Lines read.'),
    files: z.number().int().describe('Files read.'),
    problems: z.array(z.string()).describe('What is not as it was written.'),
    torn: z.number().int().describe('Files whose last line a crash cut.'),
    removed: z.number().int().describe('Files removed by retention.'),
    unfinished: z
      .array(
        z.object({
          at: z.string().describe('ISO 8601.'),
          principal: z.string().describe('Who called.'),
          tool: z.string().describe('Tool.'),
          targets: z.array(z.string()).describe('What to look at.'),
        }),
      )
      .describe('Writes of whose end nothing is known.'),
    heads: z.array(head).describe('To be kept elsewhere: they hold every line.'),
    more: z.number().int().optional().describe('Rows left out of these lists.'),
  }),
  run: async ({ heads: anchors = [] }, { client }) => {
    const { runtime } = client
    await runtime.audit.flush().catch(() => undefined)
    const report = await verifyAudit(runtime.store.directory, { anchors })
    const unfinished = report.unfinished
      .filter(({ service }) => sees(client, service))
      .map(({ at, principal, tool, targets = [] }) => ({ at, principal, tool, targets: [...targets] }))
    const problems = report.problems.map(({ file, line, problem }) => `${file}${line === undefined ? '' : `:${line}`} ${problem}`)
    const holding = await holdingHeads(runtime.store.directory)
    const more = [problems, unfinished, holding].reduce((sum, list) => sum + Math.max(0, list.length - most), 0)
    return {
      whole: problems.length === 0,
      lines: report.lines,
      files: report.files,
      problems: problems.slice(0, most),
      torn: report.torn.length,
      removed: report.removed.length,
      unfinished: unfinished.slice(0, most),
      heads: holding.slice(0, most),
      ...(more === 0 ? {} : { more }),
    }
  },
})
