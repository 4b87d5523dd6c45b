import { nearestNames, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { gibibytes } from '../amounts.ts'
import { disksOf, disksPart } from '../disks.ts'
import { poolsOf, poolsPart } from '../pools.ts'
import { defineTool, verdictOutput } from './define-tool.ts'

/** Judges each disk by SMART. */
export const checkDisks = defineTool({
  name: 'check_disks',
  title: 'Check disks',
  description: 'Is a drive dying? SMART health of each disk, SSD and NVMe, worst first: bad sectors, wear, temperature, hours.',
  access: 'observe',
  toolset: 'hosts',
  input: z.object({ disk: z.string().optional().describe('Name or serial.') }),
  output: z.object({
    disks: z.array(
      z.object({
        name: z.string().describe('Name.'),
        verdict: verdictOutput.describe('How it is; unknown where nobody could ask it.'),
        evidence: z.string().describe('What speaks for it.'),
        model: z.string().optional().describe('Maker and model.'),
        serial: z.string().optional().describe('Serial number.'),
        size_gib: z.number().describe('Size.'),
        kind: z.string().describe('hdd, ssd, nvme …'),
        reallocated: z.number().optional().describe('Sectors replaced.'),
        pending: z.number().optional().describe('Sectors it could not read.'),
        uncorrectable: z.number().optional().describe('Sectors lost.'),
        media_errors: z.number().optional().describe('Errors of the medium.'),
        crc_errors: z.number().optional().describe('Errors on the cable.'),
        wear_percent: z.number().optional().describe('Of its life, used.'),
        celsius: z.number().optional().describe('Temperature.'),
        hours: z.number().optional().describe('Powered on.'),
      }),
    ),
  }),
  async run({ disk }, { client, signal }) {
    const { sections } = await client.ask([disksPart], { signal, asRoot: true, timeoutMs: 60_000 })
    const { disks } = disksOf(sections)
    const wanted = disk?.replace('/dev/', '')
    const found = disks.filter(
      ({ name, serial }) => wanted === undefined || name === wanted || name.replaceAll(' ', '+') === wanted || serial === wanted,
    )
    if (found.length === 0 && wanted !== undefined) {
      const names = disks.map(({ name }) => name)
      const near = nearestNames(wanted, names)
      throw new ToolError('not_found', `There is no disk '${wanted}'.`, {
        hint:
          near.length > 0
            ? `Did you mean ${near.join(', ')}?`
            : names.length > 0
              ? `There are ${names.join(', ')}.`
              : 'This host shows no disks.',
      })
    }
    return {
      disks: found.map((own) => ({
        name: own.name,
        verdict: own.verdict,
        evidence: own.evidence,
        model: own.model || undefined,
        serial: own.serial || undefined,
        size_gib: gibibytes(own.size),
        kind: own.kind,
        reallocated: own.reallocated,
        pending: own.pending,
        uncorrectable: own.uncorrectable,
        media_errors: own.mediaErrors,
        crc_errors: own.crcErrors,
        wear_percent: own.wearPercent,
        celsius: own.celsius,
        hours: own.hours,
      })),
    }
  },
})

/** Judges each pool of disks. */
export const checkPools = defineTool({
  name: 'check_pools',
  title: 'Check pools',
  description: 'Is a pool degraded or rebuilding? ZFS, RAID (md) and Btrfs: errors, last scrub, ailing disks.',
  access: 'observe',
  toolset: 'hosts',
  input: z.object({ pool: z.string().optional().describe('Part of the name.') }),
  output: z.object({
    pools: z.array(
      z.object({
        name: z.string().describe('Name, or where it is mounted.'),
        kind: z.string().describe('zfs, md or btrfs.'),
        verdict: verdictOutput.describe('How it is.'),
        health: z.string().describe('In the words of its own tool.'),
        used_percent: z.number().optional().describe('How full.'),
        errors: z.number().describe('Errors counted.'),
        scrub_days: z.number().optional().describe('Days since the last scrub.'),
        evidence: z.string().describe('What speaks for the verdict.'),
      }),
    ),
  }),
  async run({ pool }, { client, signal }) {
    const { sections } = await client.ask([poolsPart], { signal, asRoot: true, timeoutMs: 40_000 })
    return {
      pools: poolsOf(sections)
        .filter(({ name }) => pool === undefined || name.includes(pool))
        .map(({ name, kind, verdict, health, usedPercent, errors, scrubDays, evidence }) => ({
          name,
          kind,
          verdict,
          health,
          used_percent: usedPercent,
          errors,
          scrub_days: scrubDays,
          evidence,
        })),
    }
  },
})
