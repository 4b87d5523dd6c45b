import type { BackupCopy, FacetContext, KeptBackups } from '@rackwarden/core'
import { ifAllowed } from './attempt.ts'
import { archivesOf, hasContent, isReal, type Archive } from './backups.ts'
import type { ProxmoxClient } from './client.ts'
import { blindSpots } from './privileges.ts'
import { kindIn } from './restoration.ts'
import type { ResourceView } from './resources.ts'
import { targetOf } from './targets.ts'

// Of the twenty seconds a keeper is given.
const limitMs = 15_000

/** The archives on the storages of a cluster, those of a guest in one place as one; what may not be seen is told as not read. */
export async function backups(client: ProxmoxClient, { instance, signal }: FacetContext): Promise<KeptBackups> {
  const [view, permissions] = await Promise.all([client.resources(signal), ifAllowed(client.permissions(signal))])
  const { archives, unread } = await archivesOf(client, view, signal, { limitMs })
  const groups = new Map<string, Archive[]>()
  for (const archive of archives) {
    const key = [archive.storage, archive.node ?? '', kindIn(archive), archive.guest].join('/')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [archive])
    else known.push(archive)
  }
  const hidden = permissions === undefined ? [] : blindSpots(permissions, { guests: view.guests.length })
  return {
    copies: [...groups.values()].flatMap((group) => copyOf(group, view, instance)),
    unread: [...unread, ...hidden],
  }
}

function copyOf(group: readonly Archive[], view: ResourceView, instance: string): BackupCopy[] {
  const [first] = group
  if (first === undefined) return []
  const { storage, node } = first
  const [newest] = group.filter((archive) => hasContent(archive))
  const usable = group.find((archive) => isReal(archive))
  const isVerifying = view.storages.some(({ name, type }) => name === storage && type === 'pbs')
  const verified = usable?.verification === 'ok' ? 'ok' : isVerifying ? 'never' : undefined
  const name = nameOf(group, view)
  return [
    {
      subject: { kind: kindIn(first) === 'qemu' ? 'vm' : 'ct', id: String(first.guest), ...(name === undefined ? {} : { name }) },
      target: targetOf(instance, 'backup', [...(node === undefined ? [] : [node]), storage, first.guest].join('/')),
      count: group.length,
      toldAt: new Date(view.at).toISOString(),
      ...(newest === undefined ? {} : { newest: timeText(newest.at) }),
      ...(usable === undefined ? {} : { usable: timeText(usable.at) }),
      ...(usable === undefined || verified === undefined ? {} : { verified }),
      ...(node === undefined ? {} : { liesOn: targetOf(instance, 'node', node) }),
    },
  ]
}

/** The name of the guest that has the number here, where a note says it: another cluster may have the same number. */
function nameOf(group: readonly Archive[], { guests }: ResourceView): string | undefined {
  const name = guests.find(({ id }) => id === group[0]?.guest)?.name
  return name !== undefined && group.some(({ note = '' }) => note.split(/[\s,;:]+/).includes(name)) ? name : undefined
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000', '')
}
