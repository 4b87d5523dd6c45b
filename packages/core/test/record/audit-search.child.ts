import { searchAudit, verifyAudit, type AuditQuery } from '../../src/record/audit.ts'

const directory = process.argv.at(-1) ?? ''

async function targets(query: AuditQuery): Promise<string[]> {
  const found: string[] = []
  for await (const { line } of searchAudit(directory, query)) found.push(...(line.targets ?? []))
  return found
}

const none = await targets({ tool: 'no_such_tool', ended: true })
const one = await targets({ target: 'web-51230', ended: true })
const { lines, problems } = await verifyAudit(directory)
process.stdout.write(JSON.stringify({ none: none.length, one, lines, problems }))
