import { nearestNames, ToolError } from '@rackwarden/core'
import { z } from 'zod'
import { attempt } from '../attempt.ts'
import { ageText } from '../backups.ts'
import type { ProxmoxClient } from '../client.ts'
import { guestChecks } from '../guest-checks.ts'
import { driftsOf, factsOf, failedUnits, waitingKernel, type NodeFacts } from '../node-facts.ts'
import { nodeChecks } from '../node-checks.ts'
import type { Node, ResourceView } from '../resources.ts'
import { gibibytes, percentOf } from '../verdict.ts'
import { countsOf } from './status.ts'
import { defineTool, some, unanswered, verdictOutput } from './define-tool.ts'

// Disks are asked for their health one after the other, which takes a while where they sleep.
const partLimitMs = 10_000

const nodeInput = z.string().min(1).describe('Node.')

/** Finds a node by its name. */
export function findNode({ nodes }: Pick<ResourceView, 'nodes'>, name: string): Node {
  const found = nodes.find((node) => node.name.toLowerCase() === name.trim().toLowerCase())
  if (found !== undefined) return found
  const names = nodes.map((node) => node.name)
  const near = nearestNames(name, names)
  throw new ToolError('not_found', `There is no node '${name}'.`, {
    hint: near.length > 0 ? `Is it ${near.join(' or ')}?` : `The nodes are: ${names.slice(0, 20).join(', ')}.`,
  })
}

/** Shows one node whole. */
export const getNode = defineTool({
  name: 'get_node',
  title: 'Look at a node',
  description: 'One hypervisor node: load, memory, disks and wear, kernel, updates, failed services and tasks, certificates, clock.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({ node: nodeInput }),
  output: z.object({
    name: z.string().describe('Name.'),
    status: z.string().describe('Whether the cluster sees it.'),
    version: z.string().optional().describe('Version of Proxmox VE.'),
    uptime: z.string().optional().describe('Since it was started.'),
    processors: z.string().optional().describe('Model and count.'),
    load: z.string().optional().describe('Averages of 1, 5 and 15 minutes.'),
    memory: z.string().optional().describe('Used of all.'),
    root: z.string().optional().describe('Used of its root file system.'),
    kernel: z.string().optional().describe('Kernel that runs, and the newer one that waits.'),
    clock: z.string().optional().describe('Against the other nodes.'),
    guests: z.string().describe('Counts.'),
    updates: z.string().optional().describe('Packages that can be updated.'),
    failed_services: z.array(z.string()).optional().describe('Services that failed.'),
    certificates: z.array(z.string()).optional().describe('What it shows to others, and until when.'),
    replication: z.array(z.string()).optional().describe('Jobs, and when they last ran.'),
    disks: z.array(
      z.object({
        device: z.string().describe('Device.'),
        model: z.string().optional().describe('Model.'),
        gib: z.number().optional().describe('Size.'),
        type: z.string().optional().describe('Kind.'),
        health: z.string().optional().describe('What SMART says.'),
        life_left_percent: z.number().optional().describe('Of an SSD.'),
        used_by: z.string().optional().describe('What is on it.'),
      }),
    ),
    failed_tasks: z.array(
      z.object({
        type: z.string().describe('Type.'),
        about: z.string().optional().describe('Guest, mostly.'),
        at: z.string().describe('Time.'),
        error: z.string().optional().describe('How it ended.'),
        upid: z.string().describe('Id, for get_task.'),
      }),
    ),
    unanswered,
  }),
  untrusted: true,
  async run({ node: name }, { client, signal }) {
    const view = await client.resources(signal)
    const node = findNode(view, name)
    const [facts, drifts] = await Promise.all([
      factsOf(client, node, signal, { limitMs: partLimitMs, now: view.at }),
      driftsAround(client, view, signal),
    ])
    return shown(facts, view, drifts.get(node.name))
  },
})

/** How far the clocks of the nodes are apart; those that do not answer at once are left out. */
async function driftsAround(client: ProxmoxClient, { nodes }: ResourceView, signal: AbortSignal) {
  const clocks = await Promise.all(
    nodes
      .filter(({ isOnline }) => isOnline)
      .map(async (node): Promise<NodeFacts> => {
        const before = performance.now()
        const { value } = await attempt(2_000, signal, async (own) => client.nodeTime(node.name, own))
        const after = performance.now()
        const base = { node, unread: [], isSilent: false }
        if (value === undefined) return base
        return {
          ...base,
          clock: { seconds: value.time, zone: value.timezone, blurSeconds: (after - before) / 2_000, askedAtMs: (before + after) / 2 },
        }
      }),
  )
  return driftsOf(clocks)
}

function shown(facts: NodeFacts, { guests, at }: ResourceView, drift: number | undefined) {
  const { node, status, units, disks, updates, certificates, replication, failures, unread } = facts
  const kernel = waitingKernel(facts)
  const running = status?.['current-kernel']?.release
  const memory = { used: status?.memory.used ?? node.memory, total: status?.memory.total ?? node.maxMemory }
  const use = ({ used, total }: { used: number | undefined; total: number | undefined }) =>
    percentOf(used, total) === undefined ? undefined : `${gibibytes(used)} of ${gibibytes(total)} GiB, ${percentOf(used, total)} %`
  return {
    name: node.name,
    status: !node.isOnline ? 'OFFLINE' : facts.isSilent ? 'online, but it does not answer' : 'online',
    version: status?.pveversion?.replace(/^pve-manager\/([^/]+).*$/, '$1'),
    uptime: node.isOnline ? ageText(node.uptime * 1_000) : undefined,
    processors: status?.cpuinfo === undefined ? undefined : `${status.cpuinfo.cpus} × ${status.cpuinfo.model ?? 'not told'}`,
    load: status?.loadavg.join(', '),
    memory: use(memory),
    root: status === undefined ? undefined : use(status.rootfs),
    kernel: running === undefined ? undefined : `${running}${kernel === undefined ? '' : `; ${kernel.newest} waits for a reboot`}`,
    clock:
      drift === undefined
        ? undefined
        : drift === 0
          ? 'agrees with the other nodes'
          : `${Math.abs(drift)} s ${drift > 0 ? 'ahead' : 'behind'}`,
    guests: countsOf(guests.filter((guest) => guest.node === node.name)),
    updates:
      updates === undefined
        ? undefined
        : updates.length === 0
          ? 'none'
          : `${updates.length}: ${nameSome(updates.map((one) => one.Package))}`,
    failed_services: units === undefined ? undefined : some(failedUnits(units).map(({ service }) => service)),
    certificates: (certificates ?? []).flatMap(({ filename, notafter }) =>
      notafter === undefined ? [] : [`${filename ?? 'certificate'} until ${new Date(notafter * 1_000).toISOString().slice(0, 10)}`],
    ),
    replication: some(
      (replication ?? []).map(
        ({ id, target, last_sync: last, fail_count: fails }) =>
          `${id} to ${target}: ${last === undefined || last === 0 ? 'never ran' : `${ageText(at - last * 1_000)} ago`}${(fails ?? 0) > 0 ? `, ${fails} failures` : ''}`,
      ),
    ),
    disks: (disks ?? []).map(({ devpath, model, size, type, health, wearout, used }) => ({
      device: devpath,
      model,
      gib: gibibytes(size),
      type,
      health,
      life_left_percent: type === 'hdd' ? undefined : wearout,
      used_by: used,
    })),
    failed_tasks: (failures ?? []).slice(0, 20).map(({ type, id, starttime, status: error, upid }) => ({
      type,
      about: id === '' ? undefined : id,
      at: new Date(starttime * 1_000).toISOString().replace('.000', ''),
      error,
      upid,
    })),
    unanswered: some(unread),
  }
}

function nameSome(names: readonly string[]): string {
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
}

/** Judges a node by fixed probes, the good ones told, too. */
export const checkNode = defineTool({
  name: 'check_node',
  title: 'Check a node',
  description: 'Is one hypervisor node healthy? Checkup of node, storage, guests, units and updates: each ok, warn or crit.',
  access: 'observe',
  toolset: 'cluster',
  input: z.object({
    node: nodeInput,
    section: z.enum(['node', 'storage', 'guests', 'units', 'updates']).optional().describe('Section.'),
  }),
  output: z.object({
    checks: z.array(
      z.object({
        section: z.string().describe('Part of the node.'),
        probe: z.string().describe('What was looked at.'),
        verdict: verdictOutput.describe('How it is.'),
        evidence: z.string().describe('What was seen.'),
      }),
    ),
  }),
  untrusted: true,
  async run({ node: name, section }, { client, instance, signal }) {
    const view = await client.resources(signal)
    const node = findNode(view, name)
    const [facts, drifts] = await Promise.all([
      factsOf(client, node, signal, { limitMs: partLimitMs, now: view.at }),
      driftsAround(client, view, signal),
    ])
    const guests = view.guests.filter((guest) => guest.node === node.name)
    const checks = [
      ...nodeChecks(facts, { instance, now: view.at, storages: view.storages, guests, drifts }),
      ...guestChecks(guests, { instance, replication: facts.replication ?? [], now: view.at }),
    ]
    const unknown = facts.unread.map((line) => ({
      section: sectionOf(line),
      probe: line.split(':')[0] ?? '',
      verdict: 'unknown' as const,
      evidence: line.slice(line.indexOf(':') + 2),
    }))
    return {
      checks: [...checks.map(({ section: part, probe, verdict, evidence }) => ({ section: part, probe, verdict, evidence })), ...unknown]
        .filter((check) => section === undefined || check.section === section)
        .toSorted((first, second) => sections.indexOf(first.section) - sections.indexOf(second.section)),
    }
  },
})

const sections = ['node', 'storage', 'guests', 'units', 'updates']

function sectionOf(unread: string): string {
  if (unread.startsWith('services')) return 'units'
  return unread.startsWith('updates') || unread.startsWith('packages') ? 'updates' : unread.startsWith('replication') ? 'guests' : 'node'
}
