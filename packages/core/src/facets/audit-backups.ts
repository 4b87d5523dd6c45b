import { z } from 'zod'
import { usualBackupHours, type KeptBackups } from '../define/backup.ts'
import { paging } from '../define/field.ts'
import { page } from '../define/page.ts'
import { toolsFor } from '../define/tool.ts'
import { renderOutput } from '../present/render.ts'
import { askEverybody, type Asked } from './ask.ts'
import { joinBackups, type BackupCoverage } from './backup-coverage.ts'
import type { Lab } from './lab.ts'

const noBackups: KeptBackups = { copies: [] }
/** Keepers open every backup they list. */
const limitMs = 20_000

/** Which things could not be brought back, over everything that has guests and everything that keeps backups. */
export const auditBackups = toolsFor<Lab>()({
  name: 'audit_backups',
  title: 'Audit backups',
  description: 'Which guests are not backed up, which could I not bring back? VMs and containers without a fresh, whole backup.',
  access: 'observe',
  input: z.object({
    hours: z.number().positive().default(usualBackupHours).describe('How old a backup may be.'),
    all: z.boolean().default(false).describe('Also guests that are well.'),
    ...paging,
  }),
  output: z.object({
    guests: z
      .array(
        z.object({
          target: z.string().describe('Where it is.'),
          name: z.string().describe('Its name.'),
          verdict: z
            .string()
            .describe('none, corrupt, stale, ambiguous (its number is that of several), unsafe (see note), unverified or ok.'),
          newest: z.string().optional().describe('Newest backup it could be brought back from.'),
          kept: z.string().optional().describe('What holds its backups.'),
          note: z.string().optional().describe('What else is odd.'),
        }),
      )
      .describe('The worst first.'),
    judged: z.number().describe('Guests there are.'),
    well: z.number().describe('Guests with a fresh, whole backup.'),
    orphans: z.array(z.string()).optional().describe('Backups of no guest that is here.'),
    unanswered: z.array(z.string()).optional().describe('Who could not be asked; what they hold is not counted.'),
    next_cursor: z.string().optional().describe('For the next page.'),
  }),
  untrusted: true,
  text: (output) =>
    output.judged === 0
      ? `No configured service tells which guests there are.${output.unanswered === undefined ? '' : ` Not asked: ${output.unanswered.join('; ')}`}`
      : renderOutput(output),
  run: async ({ hours, all, ...window }, { client: { mounts, runtime }, signal }) => {
    const [assets, kept] = await Promise.all([
      askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.assets(client, context) ?? []),
      askEverybody(mounts, runtime, signal, async (mount, client, context) => mount.facets?.backups(client, context) ?? noBackups, limitMs),
    ])
    const { coverage, orphans } = joinBackups(
      assets.flatMap(({ answer }) => answer ?? []),
      kept.flatMap(({ answer }) => answer?.copies ?? []),
      { now: runtime.clock.now(), hours },
    )
    const isWell = ({ verdict }: BackupCoverage) => verdict === 'ok' || verdict === 'unverified'
    const { rows, ...rest } = page(
      coverage.filter(({ verdict }) => all || verdict !== 'ok'),
      window,
    )
    const unread = kept.flatMap(({ mount, instance, answer }) =>
      (answer?.unread ?? []).map((place) => `${mount.service}@${instance.name}: ${place}`),
    )
    const silent = [...silentOnes([...assets, ...kept]), ...unread]
    // What was not asked may have the guest.
    const isWhole = silent.length === 0
    return {
      guests: rows.map(rowOf),
      judged: coverage.length,
      well: coverage.filter(isWell).length,
      ...(orphans.length === 0 || !isWhole ? {} : { orphans: orphans.map(({ target }) => target) }),
      ...(isWhole ? {} : { unanswered: silent }),
      ...rest,
    }
  },
})

function rowOf({ asset, verdict, copies, best, knownAs, gaps }: BackupCoverage) {
  return {
    target: asset.target,
    name: asset.name,
    verdict,
    ...(best?.usable === undefined ? {} : { newest: best.usable }),
    ...(copies.length === 0 ? {} : { kept: copies.map(({ target, count }) => `${target} (${count})`).join(', ') }),
    ...noteOf({ copies, best, knownAs, gaps }),
  }
}

function noteOf({ copies, best, knownAs, gaps }: Pick<BackupCoverage, 'copies' | 'best' | 'knownAs' | 'gaps'>): { note?: string } {
  const parts = [
    ...gaps,
    ...(knownAs === undefined ? [] : [`kept as ${knownAs}: renamed, or another guest of the same number`]),
    ...(best?.usable !== undefined && copies.some(({ newest, usable }) => newest !== usable) ? ['a newer one is corrupt'] : []),
  ]
  return parts.length === 0 ? {} : { note: parts.join('; ') }
}

function silentOnes(asked: readonly Asked<unknown>[]): string[] {
  const told = asked.flatMap(({ mount, instance, error }) =>
    error === undefined ? [] : [`${mount.service}@${instance.name}: ${error.message}`],
  )
  return [...new Set(told)]
}
