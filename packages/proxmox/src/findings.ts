import { usualBackupHours, type FacetContext, type Finding } from '@rackwarden/core'
import { attempt } from './attempt.ts'
import { archivesOf, lacksOf } from './backups.ts'
import type { ProxmoxClient } from './client.ts'
import type { Ceph } from './cluster-schema.ts'
import { facetMs, hasLostQuorum } from './facets.ts'
import { nameOf } from './find-guest.ts'
import { guestChecks } from './guest-checks.ts'
import { findingsIn, nodeChecks, storageChecks } from './node-checks.ts'
import { driftsOf, factsOf } from './node-facts.ts'
import { distinctStorages, type ResourceView } from './resources.ts'
import { targetOf } from './targets.ts'

const mostEach = 8

/** Finds what is wrong with nodes, storages, guests and their backups. */
export async function findings(client: ProxmoxClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const view = await client.resources(signal)
  // What is left of the time goes to all of it at once.
  const limitMs = facetMs - 300
  const [facts, members, ceph, backups, uncovered] = await Promise.all([
    Promise.all(view.nodes.map(async (node) => factsOf(client, node, signal, { limitMs, now: view.at }))),
    attempt(limitMs, signal, async (own) => client.members(own)),
    attempt(limitMs, signal, async (own) => client.ceph(own)),
    archivesOf(client, view, signal, { limitMs }),
    attempt(limitMs, signal, async (own) => client.uncovered(own)),
  ])
  const drifts = driftsOf(facts)
  const around = { instance, now: view.at, storages: [], guests: view.guests, drifts }
  const replication = facts.flatMap((one) => one.replication ?? [])
  // Of a node that is away everything is: that is one trouble, not many.
  const away = new Set(facts.filter(({ node, isSilent }) => !node.isOnline || isSilent).map(({ node }) => node.name))
  const storages = distinctStorages(view.storages).filter(({ node, isShared }) => isShared || !away.has(node))
  return [
    ...(hasLostQuorum(members.value ?? []) ? [quorumFinding(instance, members.value?.find(({ type }) => type === 'cluster')?.name)] : []),
    ...findingsIn([
      ...facts.flatMap((one) => nodeChecks(one, around)),
      ...storageChecks({ instance, storages }, undefined),
      ...guestChecks(
        view.guests.filter(({ node }) => !away.has(node)),
        { instance, replication, now: view.at },
      ),
    ]),
    ...cephFindings(ceph.value, instance),
    ...backupFindings(view, { ...backups, uncovered: uncovered.value, instance }),
  ]
}

function quorumFinding(instance: string, name: string | undefined): Finding {
  const target = targetOf(instance, 'cluster', name ?? 'cluster')
  return {
    id: `${target}#quorum`,
    severity: 'critical',
    stake: 'reach',
    target,
    title: 'The cluster has lost its quorum',
    evidence: 'too few nodes see each other: nothing can be started or changed, and HA may fence nodes',
    next: { tool: 'get_status', input: {} },
  }
}

function cephFindings(ceph: Ceph | undefined, instance: string): Finding[] {
  if (ceph === undefined || ceph.health.status === 'HEALTH_OK') return []
  const target = targetOf(instance, 'storage', 'ceph')
  const said = Object.values(ceph.health.checks ?? {}).map(({ summary }) => summary.message)
  return [
    {
      id: `${target}#health`,
      severity: ceph.health.status === 'HEALTH_ERR' ? 'critical' : 'warning',
      stake: 'data',
      target,
      title: `Ceph is in ${ceph.health.status}`,
      evidence: said.slice(0, 5).join('; ') || 'it does not say why',
      next: { tool: 'list_storage', input: {} },
    },
  ]
}

interface BackupFacts {
  archives: Parameters<typeof lacksOf>[0]['archives']
  unread: readonly string[]
  uncovered: readonly number[] | undefined
  instance: string
}

function backupFindings(view: ResourceView, { archives, unread, uncovered, instance }: BackupFacts): Finding[] {
  const recoveryPointMs = usualBackupHours * 3_600_000
  const lacks = lacksOf({ guests: view.guests, archives, uncovered, now: view.at, recoveryPointMs })
  // Where a storage does not tell, what seems to be missing may lie there.
  const lost = lacks.filter(({ verdict }) => verdict === 'crit' && unread.length === 0)
  const shown = lost.length > mostEach ? lost.slice(0, mostEach - 1) : lost
  const audit = { tool: 'list_backups', input: {} }
  const each = shown.map(({ guest, why, newest }): Finding => {
    const target = targetOf(instance, 'guest', guest.id)
    return {
      id: `${target}#backup`,
      severity: 'warning',
      stake: 'data',
      target,
      title: `${nameOf(guest)} has no recent backup`,
      evidence: why,
      about: [guest.name],
      ...(newest === undefined ? {} : { since: new Date(newest.at + recoveryPointMs).toISOString() }),
      next: { tool: 'list_backups', input: { guest: String(guest.id) } },
    }
  })
  const target = targetOf(instance, 'cluster', 'backups')
  const rest: Finding[] =
    shown.length === lost.length
      ? []
      : [
          {
            id: `${target}#lacks`,
            severity: 'warning',
            stake: 'data',
            target,
            title: `${lost.length - shown.length} more guests have no recent backup`,
            evidence: `${lost.length} of ${view.guests.length} in all`,
            next: audit,
          },
        ]
  const silent: Finding[] =
    unread.length === 0
      ? []
      : [
          {
            id: `${target}#unread`,
            severity: 'notice',
            target,
            title: 'Whether everything is backed up could not be seen',
            evidence: unread.slice(0, 5).join('; '),
            next: audit,
          },
        ]
  return [...each, ...rest, ...silent]
}
