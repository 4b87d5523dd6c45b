import type { Finding, Severity, Stake } from '@rackwarden/core'
import { ageText } from './backups.ts'
import { failedUnits, waitingKernel, type NodeFacts } from './node-facts.ts'
import type { Disk } from './node-schema.ts'
import type { Guest, Storage } from './resources.ts'
import { targetOf } from './targets.ts'
import { judged, percentOf, type Verdict } from './verdict.ts'

/** One thing that was looked at, and how it is. */
export interface Check {
  section: 'node' | 'storage' | 'guests' | 'units' | 'updates'
  probe: string
  verdict: Verdict
  evidence: string
  /** What a finding of it is, where it is not well. */
  told: { target: string; title: string; severity?: Severity; stake?: Stake; cause?: string; next?: Finding['next'] }
}

/** What nodes are judged by besides what they say of themselves. */
export interface Surroundings {
  instance: string
  now: number
  storages: readonly Storage[]
  guests: readonly Guest[]
  drifts: ReadonlyMap<string, number>
}

const fill = { warn: 85, crit: 95 }
const dayMs = 86_400_000
const vital = new Set(['corosync', 'pve-cluster', 'pvedaemon', 'pveproxy', 'pvestatd', 'pve-ha-crm', 'pve-ha-lrm', 'pvescheduler'])

/** Judges everything a node tells, the good included. */
export function nodeChecks(facts: NodeFacts, around: Surroundings): Check[] {
  const { node } = facts
  const target = targetOf(around.instance, 'node', node.name)
  const look = { tool: 'get_node', input: { node: node.name } }
  const online: Check = {
    section: 'node',
    probe: 'online',
    verdict: node.isOnline && !facts.isSilent ? 'ok' : 'crit',
    evidence: !node.isOnline
      ? 'the cluster does not see it'
      : facts.isSilent
        ? 'the cluster sees it, but it did not answer'
        : `up ${ageText(node.uptime * 1_000)}`,
    told: {
      target,
      title: node.isOnline ? `${node.name} does not answer` : `${node.name} is offline`,
      stake: 'reach',
      next: { tool: 'get_status', input: {} },
    },
  }
  if (!node.isOnline || facts.isSilent) return [online]
  return [
    online,
    ...ownChecks(facts, around, { target, look }),
    ...storageChecks(around, node.name),
    ...unitChecks(facts, { target, look }),
    ...updateChecks(facts, { target, look }),
  ]
}

interface About {
  target: string
  look: NonNullable<Finding['next']>
}

function ownChecks(facts: NodeFacts, { now, drifts }: Surroundings, { target, look }: About): Check[] {
  const { node, status, disks, certificates, failures, clock } = facts
  const check = (probe: string, verdict: Verdict, evidence: string, title: string, more: Partial<Check['told']> = {}): Check => ({
    section: 'node',
    probe,
    verdict,
    evidence,
    told: { target, title, next: look, ...more },
  })
  const checks: Check[] = []
  const cpus = status?.cpuinfo?.cpus ?? node.cpus
  const load = status?.loadavg[0]
  if (load !== undefined && cpus !== undefined)
    checks.push(check('load', judged(load / cpus, { warn: 1.5, crit: 4 }), `${load} on ${cpus} processors`, `${node.name} is overloaded`))
  const memory = percentOf(status?.memory.used ?? node.memory, status?.memory.total ?? node.maxMemory)
  if (memory !== undefined)
    checks.push(check('memory', judged(memory, { warn: 92, crit: 98 }), `${memory} % in use`, `${node.name} is short of memory`))
  const root = percentOf(status?.rootfs.used ?? node.disk, status?.rootfs.total ?? node.maxDisk)
  if (root !== undefined)
    checks.push(check('root file system', judged(root, fill), `${root} % full`, `The root file system of ${node.name} is filling up`))
  for (const disk of disks ?? []) checks.push(diskCheck(disk, node.name, target, look))
  for (const { filename, notafter } of certificates ?? []) {
    // Only what is shown to others matters: the authority of the cluster is not renewed every year.
    if (notafter === undefined || !/^pve(?:proxy)?-ssl\.pem$/.test(filename ?? '')) continue
    const left = notafter * 1_000 - now
    const verdict = left <= 3 * dayMs ? 'crit' : left <= 14 * dayMs ? 'warn' : 'ok'
    const told = left <= 0 ? `expired ${ageText(-left)} ago` : `good for ${ageText(left)}`
    checks.push(
      check(`certificate ${filename}`, verdict, told, `The certificate of ${node.name} ${left <= 0 ? 'has expired' : 'expires soon'}`),
    )
  }
  const drift = drifts.get(node.name)
  if (drift !== undefined)
    checks.push(
      check(
        'clock',
        judged(Math.abs(drift), { warn: 2, crit: 30 }),
        drift === 0 ? 'agrees with the other nodes' : `${Math.abs(drift)} s ${drift > 0 ? 'ahead of' : 'behind'} the other nodes`,
        `The clock of ${node.name} is off`,
      ),
    )
  else if (clock !== undefined) checks.push(check('clock', 'ok', `zone ${clock.zone ?? 'not told'}; no other node to compare with`, ''))
  if (failures !== undefined) checks.push(...taskChecks(facts, target))
  return checks
}

function diskCheck({ devpath, model, health, wearout, type }: Disk, node: string, target: string, look: Finding['next']): Check {
  const isFailing = health !== undefined && /^(?:fail|bad)/i.test(health)
  const left = type === 'hdd' ? undefined : wearout
  const worn: Verdict = left === undefined ? 'ok' : left <= 3 ? 'crit' : left <= 10 ? 'warn' : 'ok'
  const verdict = isFailing ? 'crit' : worn
  const evidence = [model ?? devpath, `health ${health ?? 'not told'}`, ...(left === undefined ? [] : [`${left} % of its life left`])].join(
    ', ',
  )
  return {
    section: 'node',
    probe: `disk ${devpath}`,
    verdict,
    evidence,
    told: {
      target,
      title: isFailing ? `A disk of ${node} is failing (${devpath})` : `A disk of ${node} is wearing out (${devpath})`,
      stake: 'data',
      ...(look === undefined ? {} : { next: look }),
    },
  }
}

/** Tasks that failed and were not done over since, one for each thing they were about. */
function taskChecks({ node, failures = [] }: NodeFacts, target: string): Check[] {
  if (failures.length === 0)
    return [{ section: 'node', probe: 'tasks', verdict: 'ok', evidence: 'none failed in the last day', told: { target, title: '' } }]
  const latest = new Map(failures.toReversed().map((task) => [`${task.type} ${task.id ?? ''}`.trim(), task]))
  return [...latest].map(([what, { upid, status, type }]) => {
    const many = failures.filter((task) => `${task.type} ${task.id ?? ''}`.trim() === what).length
    return {
      section: 'node',
      probe: `task ${what}`,
      verdict: 'warn',
      evidence: `${status ?? 'failed'}${many > 1 ? ` (${many} times in the last day)` : ''}`,
      told: {
        target,
        title: `The task ${what} failed on ${node.name}`,
        ...(type === 'vzdump' ? { stake: 'data' } : {}),
        next: { tool: 'get_task', input: { upid } },
      },
    }
  })
}

/** Judges the storages a node sees. */
export function storageChecks({ storages, instance }: Pick<Surroundings, 'storages' | 'instance'>, node: string | undefined): Check[] {
  return storages
    .filter((storage) => node === undefined || storage.node === node)
    .map(({ name, isShared, isAvailable, used, total, type, node: of }) => {
      const percent = percentOf(used, total)
      const target = targetOf(instance, 'storage', isShared ? name : `${of}/${name}`)
      const where = isShared ? name : `${name} on ${of}`
      const next = { tool: 'list_storage', input: { storage: name } }
      if (!isAvailable)
        return {
          section: 'storage',
          probe: name,
          verdict: 'crit',
          evidence: `${type}: not available on ${of}`,
          told: { target, title: `The storage ${where} is not available`, stake: 'reach', next },
        }
      const verdict = percent === undefined ? 'unknown' : judged(percent, fill)
      return {
        section: 'storage',
        probe: name,
        verdict,
        evidence: percent === undefined ? `${type}: does not tell` : `${type}: ${percent} % full`,
        told: { target, title: `The storage ${where} is filling up`, stake: 'data', next },
      }
    })
}

function unitChecks({ units, node }: NodeFacts, { target, look }: About): Check[] {
  if (units === undefined) return []
  const failed = failedUnits(units)
  if (failed.length === 0)
    return [{ section: 'units', probe: 'failed services', verdict: 'ok', evidence: `none of ${units.length}`, told: { target, title: '' } }]
  return failed.map(({ service, desc }) => ({
    section: 'units',
    probe: service,
    verdict: vital.has(service) ? 'crit' : 'warn',
    evidence: desc ?? 'failed',
    told: { target, title: `The service ${service} of ${node.name} failed`, next: look },
  }))
}

function updateChecks(facts: NodeFacts, { target, look }: About): Check[] {
  const { updates, installed, node } = facts
  const checks: Check[] = []
  if (updates !== undefined)
    checks.push({
      section: 'updates',
      probe: 'packages',
      verdict: 'ok',
      evidence: updates.length === 0 ? 'up to date' : `${updates.length} can be updated`,
      told: { target, title: '' },
    })
  const kernel = waitingKernel(facts)
  if (installed !== undefined)
    checks.push({
      section: 'updates',
      probe: 'kernel',
      verdict: kernel === undefined ? 'ok' : 'warn',
      evidence: kernel === undefined ? 'the newest that is installed runs' : `${kernel.running} runs, ${kernel.newest} is installed`,
      told: { target, title: `${node.name} waits for a reboot into its new kernel`, severity: 'notice', next: look },
    })
  return checks
}

/** What is not well among checks, as findings; the same trouble keeps its id. */
export function findingsIn(checks: readonly Check[]): Finding[] {
  return checks
    .filter(({ verdict }) => verdict === 'warn' || verdict === 'crit')
    .map(({ probe, verdict, evidence, told: { target, title, severity, stake, cause, next } }) => ({
      id: `${target}#${probe.replaceAll(/[^a-z0-9./_-]+/gi, '-')}`,
      severity: severity ?? (verdict === 'crit' ? 'critical' : 'warning'),
      target,
      title,
      evidence,
      ...(stake === undefined ? {} : { stake }),
      ...(cause === undefined ? {} : { cause }),
      ...(next === undefined ? {} : { next }),
    }))
}
