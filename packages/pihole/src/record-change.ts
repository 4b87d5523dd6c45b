import { nearestNames, ToolError } from '@rackwarden/core'
import { isIP } from 'node:net'
import type { PiholeClient } from './client.ts'
import { canonicalName, linesOf, recordsOf, type DnsRecord, type RecordLines } from './records.ts'
import { targetOf } from './targets.ts'

/** The lines of a name and of those it shares lines with, as a plan finds them, and who points at it. */
export interface RecordState {
  /** The name, and those that stand on a line with it: parting them moves theirs, too. */
  names: readonly string[]
  /** Every line that speaks of any of them. */
  lines: RecordLines
  /** Aliases whose target it is. */
  pointedAtBy: readonly string[]
}

/** Reads the lines of one name, and of those it shares lines with. */
export async function recordState(client: PiholeClient, name: string, signal: AbortSignal): Promise<RecordState> {
  const all = await client.lines(signal)
  const shared = recordsOf(linesOf([name], all)).map((record) => record.name)
  const names = [...new Set([canonicalName(name), ...shared])]
  const aliases = recordsOf({ hosts: [], cnames: all.cnames }).filter(({ value }) => value === canonicalName(name))
  return { names, lines: linesOf(names, all), pointedAtBy: [...new Set(aliases.map((alias) => alias.name))].toSorted() }
}

/** Refuses a name that has no record, naming those that resemble it. */
export async function refuseUnknown(client: PiholeClient, name: string, state: RecordState, signal: AbortSignal): Promise<void> {
  if (ownRecords(name, state.lines).length > 0) return
  const near = nearestNames(canonicalName(name), new Set(recordsOf(await client.lines(signal)).map((record) => record.name)))
  throw new ToolError('not_found', `There is no record '${canonicalName(name)}'.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : 'list_records has the names.',
  })
}

/** What a name stands for, in one text: `A 10.0.0.5, AAAA fd00::5`. */
export function valuesText(name: string, lines: RecordLines): string {
  const own = ownRecords(name, lines).map(({ type, value }) => `${type} ${value}`)
  return own.length === 0 ? '(none)' : own.join(', ')
}

/** The records of one name. */
export function ownRecords(name: string, lines: RecordLines): DnsRecord[] {
  return recordsOf(lines).filter((record) => record.name === canonicalName(name))
}

/** What has to go in and out for the lines of a name to become others. */
export function changeBetween(before: RecordLines, after: RecordLines): { add: RecordLines; remove: RecordLines } {
  const missing = (from: RecordLines, in_: RecordLines): RecordLines => ({
    hosts: from.hosts.filter((line) => !in_.hosts.includes(line)),
    cnames: from.cnames.filter((line) => !in_.cnames.includes(line)),
  })
  return { add: missing(after, before), remove: missing(before, after) }
}

/** The plan of a name that gets other lines. */
export function planOf(name: string, summary: string, before: RecordState, after: RecordLines) {
  const own = canonicalName(name)
  const isGone = ownRecords(own, after).length === 0
  const { add, remove } = changeBetween(before.lines, after)
  if ([add, remove].every(({ hosts, cnames }) => hosts.length + cnames.length === 0))
    return {
      summary: `${own} is ${valuesText(own, after)} already`,
      targets: [targetOf('record', own)],
      diff: [],
      warnings: [],
      nothing: true,
    }
  return {
    summary,
    targets: [targetOf('record', own)],
    diff: [`${own}: ${valuesText(own, before.lines)} → ${valuesText(own, after)}`],
    warnings: [
      ...(isGone && before.pointedAtBy.length > 0 ? [`It is what ${before.pointedAtBy.join(', ')} leads to: that will lead nowhere.`] : []),
      ...(add.cnames.length + remove.cnames.length > 0
        ? ['A CNAME takes a restart of its DNS: for a second or two it answers nobody.']
        : []),
    ],
  }
}

/** Lines of a name that is to have these addresses, or to be an alias. */
export function wantedLines(name: string, { addresses, cname }: { addresses?: readonly string[]; cname?: string }): RecordLines {
  const own = canonicalName(name)
  if (cname !== undefined) return { hosts: [], cnames: [`${own},${canonicalName(cname)}`] }
  return { hosts: (addresses ?? []).map((address) => `${address.toLowerCase()} ${own}`), cnames: [] }
}

/** True for what a local name may be: labels of letters, digits, hyphens and underscores. */
export function isHostName(text: string): boolean {
  const name = canonicalName(text)
  return name.length <= 253 && isIP(name) === 0 && name.split('.').every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))
}
