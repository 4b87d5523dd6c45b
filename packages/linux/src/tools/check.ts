import { z } from 'zod'
import { disksOf, disksPart } from '../disks.ts'
import { interfacesOf, networkPart } from '../network.ts'
import { nodeChecks } from '../node-checks.ts'
import { poolsOf, poolsPart } from '../pools.ts'
import { fileSystemsOf, storagePart } from '../storage.ts'
import { diskChecks, fileSystemChecks, poolChecks } from '../storage-checks.ts'
import { systemOf, systemPart } from '../system.ts'
import { rebootCheck, unitChecks, updateCheck } from '../unit-checks.ts'
import { failedUnitsOf, failuresPart, managerOf, managerPart } from '../units.ts'
import { rebootOf, rebootPart, updatesOf, updatesPart } from '../updates.ts'
import { defineTool, verdictOutput } from './define-tool.ts'

const parts = [systemPart, networkPart, storagePart, disksPart, poolsPart, managerPart, failuresPart, updatesPart, rebootPart]

/** Judges a host by fixed probes, the good ones told, too. */
export const checkHost = defineTool({
  name: 'check_host',
  title: 'Check a host',
  description: 'Is one host healthy, or why is it slow? Checkup of its node, storage, units and updates: each ok, warn or crit.',
  access: 'observe',
  toolset: 'hosts',
  input: z.object({
    section: z.enum(['node', 'storage', 'units', 'updates']).optional().describe('Section.'),
  }),
  output: z.object({
    checks: z.array(
      z.object({
        section: z.string().describe('Part of the host.'),
        probe: z.string().describe('What was looked at.'),
        verdict: verdictOutput.describe('How it is.'),
        evidence: z.string().describe('What was seen.'),
      }),
    ),
  }),
  untrusted: true,
  async run({ section }, { client, instance, signal }) {
    const { sections, seconds } = await client.ask(parts, { signal, asRoot: true, timeoutMs: 60_000 })
    const system = systemOf(sections, seconds)
    const { disks } = disksOf(sections)
    const checks = [
      ...nodeChecks(system, interfacesOf(sections), instance),
      ...fileSystemChecks(fileSystemsOf(sections), instance),
      ...diskChecks(disks, instance),
      ...poolChecks(poolsOf(sections), disks, instance),
      ...unitChecks(managerOf(sections), failedUnitsOf(sections), instance),
      updateCheck(updatesOf(sections)),
      rebootCheck(rebootOf(sections), system.hostname, instance),
    ]
    return {
      checks: checks
        .filter((check) => section === undefined || check.section === section)
        .map(({ section: part, probe, verdict, evidence }) => ({ section: part, probe, verdict, evidence })),
    }
  },
})
