import { z } from 'zod'
import { severities, type Finding } from '../define/facet.ts'
import { page } from '../define/page.ts'
import { paging } from '../define/field.ts'
import { toolsFor } from '../define/tool.ts'
import { askEverybody, type Asked } from './ask.ts'
import { begunFindings } from './begun-findings.ts'
import { madeLine } from './call-line.ts'
import { coverageFindings } from './coverage-findings.ts'
import { mirrorFindings } from './mirror-findings.ts'
import { networkFindings } from './network-findings.ts'
import { pauseFindings } from './pause-findings.ts'
import { rankFindings } from './ranked-findings.ts'
import type { Measure } from '../measure/measures.ts'
import type { Lab } from './lab.ts'

/** Everything that is wrong now, over all services, each with one next call. */
export const needsAttention = toolsFor<Lab>()({
  name: 'needs_attention',
  title: 'What needs attention',
  description: 'What is wrong or broken, what to fix first? Problems of all services, worst first, with the tool to call next.',
  access: 'observe',
  input: z.object({ severity: z.enum(severities).optional().describe('At least this severe.'), ...paging }),
  output: z.object({
    findings: z
      .array(
        z.object({
          severity: z.enum(severities).describe('How bad.'),
          target: z.string().describe('What it is about.'),
          title: z.string().describe('What is wrong.'),
          evidence: z.string().describe('What was seen.'),
          since: z.string().optional().describe('Since when, ISO 8601.'),
          consequences: z.string().optional().describe('What probably comes of it.'),
          next: z.string().optional().describe('Tool to call next, with its input.'),
          id: z.string().describe('Stays the same while the trouble does.'),
        }),
      )
      .describe('The worst first.'),
    checked: z.number().describe('Instances that answered.'),
    next_cursor: z.string().optional().describe('Cursor of the next page.'),
  }),
  text: ({ findings, checked, next_cursor }) => {
    if (findings.length === 0) return `Nothing needs attention; ${checked} of the configured instances answered.`
    const lines = findings.map(({ severity, title, target, evidence, since, next, consequences }, index) =>
      [
        `${index + 1}. ${severity}: ${title} [${target}]${since === undefined ? '' : ` since ${since}`}`,
        `   ${evidence}`,
        ...(consequences === undefined ? [] : [`   hence: ${consequences}`]),
        ...(next === undefined ? [] : [`   next: ${next}`]),
      ].join('\n'),
    )
    return [...lines, ...(next_cursor === undefined ? [] : [`next_cursor: ${next_cursor}`])].join('\n')
  },
  untrusted: true,
  run: async ({ severity, limit, cursor }, { client: lab, signal }) => {
    const { mounts, runtime, partialWrites, pauses, begun, isWhole } = lab
    // Assets say more only where there are others to compare them with.
    const several = mounts.length > 1 ? mounts : mounts.filter((mount) => mount.instances.length > 1)
    const mirrored = mounts.filter((mount) => mount.isMirrored && mount.instances.length > 1)
    const [asked, assets, mirrors, partial, paused, left] = await Promise.all([
      askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.findings(client, context) ?? []),
      askEverybody(several, runtime, signal, async (mount, client, context) => mount.facets?.assets(client, context) ?? []),
      askEverybody(mirrored, runtime, signal, async (mount, client, context) => mount.facets?.mirrored(client, context) ?? {}),
      partialWrites.list(),
      pauses.list(),
      begun.list(),
    ])
    const { findings: differing, settled } = mirrorFindings(mirrors, partial, runtime.clock.now())
    await Promise.all(settled.map((id) => partialWrites.drop(id).catch(() => undefined)))
    const worst = severity === undefined ? severities.length : severities.indexOf(severity) + 1
    const single = asked.flatMap((answer) =>
      [...(answer.answer ?? []), ...unanswered(answer)].map((finding) => ({ finding, asked: answer })),
    )
    const ofAll = new Set<Finding>(differing.map(({ finding }) => finding))
    const found = rankFindings(
      [
        ...single,
        ...networkFindings(assets),
        ...differing,
        ...pauseFindings(paused, asked),
        ...begunFindings(left, asked),
        ...coverageFindings(assets),
      ].map(({ finding, asked: answer }) => ({
        finding,
        next: nextCall(lab, answer, finding, ofAll.has(finding)),
      })),
    ).filter(({ finding }) => severities.indexOf(finding.severity) < worst)
    if (isWhole && severity === undefined) runtime.measures.put(findingsMeasure(found.map(({ finding }) => finding)))
    const { rows, ...rest } = page(found, { limit, cursor })
    return {
      findings: rows.map(({ finding: { id, severity: level, target, title, evidence, since }, next, consequences }) => ({
        severity: level,
        target,
        title,
        evidence,
        ...(since === undefined ? {} : { since }),
        ...(consequences.length === 0 ? {} : { consequences: consequences.join('; ') }),
        ...(next === undefined ? {} : { next }),
        id,
      })),
      checked: asked.filter(({ error }) => error === undefined).length,
      ...rest,
    }
  },
})

/** How many findings there were when somebody last looked. */
function findingsMeasure(findings: readonly Finding[]): Measure {
  return {
    kind: 'gauge',
    name: 'rackwarden_findings',
    help: 'Findings by severity, as needs_attention last saw them.',
    readings: severities.map((severity) => ({ labels: { severity }, value: findings.filter((one) => one.severity === severity).length })),
  }
}

/** An instance that cannot be asked is itself the worst finding there is; one that refuses us does answer. */
function unanswered({ mount, instance, error }: Asked<readonly Finding[]>): Finding[] {
  if (error === undefined) return []
  const target = `${mount.service}${instance.name === 'default' ? '' : `@${instance.name}`}`
  return [
    {
      id: `${target}/down`,
      severity: 'critical',
      stake: 'reach',
      ...(instance.host === undefined ? {} : { cause: `host ${instance.host}` }),
      target,
      title: `${mount.title} ${error.code === 'unreachable' || error.code === 'timeout' ? 'does not answer' : 'cannot be asked'}`,
      evidence: `${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`,
    },
  ]
}

/** The call as it is made here: the tool as it is listed, and the instance named where there are several and it is about one. */
function nextCall(lab: Lab, { mount, instance }: Asked<unknown>, { next, target }: Finding, isOfAll: boolean): string | undefined {
  if (next === undefined) return undefined
  // What is told without an instance is alike on all that are mirrored.
  const isOne = mount.instances.length > 1 && !isOfAll && (!mount.isMirrored || target.includes('@'))
  const access = mount.tools.get(next.tool)?.access ?? 'observe'
  return madeLine(lab, `${mount.prefix}${next.tool}`, access, isOne ? { ...next.input, instance: instance.name } : next.input)
}
