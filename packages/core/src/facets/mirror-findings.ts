import type { Finding, MirroredFacts } from '../define/facet.ts'
import { differencesOf, type Difference } from '../define/mirror.ts'
import { isAlive } from '../record/owner-process.ts'
import type { PartialWrite } from '../record/partial-writes.ts'
import type { Mount } from '../runtime/mount.ts'
import type { Asked } from './ask.ts'

/** A finding, and whom it is of. */
interface MirrorFinding {
  finding: Finding
  asked: Asked<unknown>
}

const shownDifferences = 3
const longestMs = 60 * 60_000

/** Where mirrored instances differ, and what writes left that did not reach all of them; `settled` are the ids of those that are past. */
export function mirrorFindings(
  asked: readonly Asked<MirroredFacts>[],
  partial: readonly PartialWrite[],
  now: number,
): { findings: MirrorFinding[]; settled: string[] } {
  const mounts = [...new Set(asked.map(({ mount }) => mount))]
  const findings: MirrorFinding[] = []
  const settled: string[] = []
  for (const mount of mounts) {
    const own = asked.filter((one) => one.mount === mount)
    const answered = own.flatMap((one) => (one.answer === undefined ? [] : [{ ...one, answer: one.answer }]))
    const [first] = answered
    if (first === undefined) continue
    const underWay = partial.find((write) => write.service === mount.service && isUnderWay(write, now))
    const differing = answered.slice(1).flatMap((one) => {
      const pair = [first, one].map(({ instance, answer }) => ({ instance: instance.name, output: answer }))
      const differences = differencesOf(pair)
      return differences.length === 0
        ? []
        : [{ finding: differenceFinding(mount, first.instance.name, one.instance.name, { differences, underWay }), asked: one }]
    })
    findings.push(...differing)
    const isAlike = answered.length === own.length && differing.length === 0
    for (const write of partial.filter(({ service }) => service === mount.service)) {
      if (isUnderWay(write, now)) continue
      if (isAlike) settled.push(write.id)
      else findings.push(partialFinding(mount, write, own))
    }
  }
  return { findings, settled }
}

/** One that is being done by a process that lives is not yet what it will be; of another machine it is believed for an hour. */
function isUnderWay(write: PartialWrite, now: number): boolean {
  if (Date.parse(write.at) < now - longestMs) return false
  return isAlive(write) && Object.values(write.instances).some((state) => state === 'planned' || state === 'running')
}

function differenceFinding(
  mount: Mount,
  first: string,
  other: string,
  { differences, underWay }: { differences: readonly Difference[]; underWay: PartialWrite | undefined },
): Finding {
  const shown = differences.slice(0, shownDifferences).map(({ kind, name, values }) => {
    const [here, there] = [values[first], values[other]]
    if (here === undefined) return `${kind} ${name} only on ${other}`
    if (there === undefined) return `${kind} ${name} only on ${first}`
    return `${kind} ${name}: ${first} ${here}, ${other} ${there}`
  })
  const more = differences.length > shown.length ? `, and ${differences.length - shown.length} more` : ''
  const target = `${mount.service}@${other}`
  return {
    id: `${target}/mirror`,
    severity: 'warning',
    target,
    title: `${mount.title} ${other} is not like ${first}`,
    evidence: `${shown.join('; ')}${more}${underWay === undefined ? '' : `; a write is under way: ${underWay.summary}`}`,
    // What is halfway is not to be evened out in between.
    ...(underWay === undefined ? nextOf(mount, first) : {}),
  }
}

/** What makes the instances alike again, or shows where they are not. */
function nextOf({ tools }: Mount, from: string): Pick<Finding, 'next'> {
  if (tools.get('sync_instances')?.writes === true) return { next: { tool: 'sync_instances', input: { from } } }
  return tools.has('diff_instances') ? { next: { tool: 'diff_instances', input: {} } } : {}
}

function partialFinding(mount: Mount, write: PartialWrite, asked: readonly Asked<MirroredFacts>[]): MirrorFinding {
  const [behind = ''] = Object.entries(write.instances).find(([, state]) => state !== 'done') ?? []
  const from = Object.entries(write.instances).find(([, state]) => state === 'done')?.[0]
  const of = asked.find(({ instance }) => instance.name === behind) ?? asked[0]
  const instance = `${mount.service}@${behind}`
  const finding: Finding = {
    id: `${instance}/pending/${write.id}`,
    severity: 'warning',
    target: `${instance}/pending/${write.id}`,
    title: `A write is not on every ${mount.title}: ${write.summary}`,
    evidence: Object.entries(write.instances)
      .map(([name, state]) => `${name} ${state}`)
      .join(', '),
    since: write.at,
    // It ends by itself once the instance answers and is like the others again.
    cause: instance,
    ...(from === undefined ? {} : nextOf(mount, from)),
  }
  return { finding, asked: of as Asked<unknown> }
}
