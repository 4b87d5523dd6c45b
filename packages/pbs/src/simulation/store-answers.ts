import type { BackupKind } from '@rackwarden/core'
import { addressOf, isWithin } from '../addresses.ts'
import { marksOf } from './prune-rules.ts'
import { ok, refuse, type Reply, type Request } from './replies.ts'
import { aclPath, type HeldBackup, type HeldStore, type SimulatedServer } from './server.ts'

/** Answers what is asked of a datastore. */
export function storeAnswer(server: SimulatedServer, { method, parts, values }: Request): Reply | undefined {
  const [admin, kind, name = '', what = ''] = parts
  if (admin !== 'admin' || kind !== 'datastore' || name === '') return undefined
  const handler = handlers[`${method} ${what}`]
  if (handler === undefined) return undefined
  const { full, owned } = handler
  const namespace = typeof values[`ns`] === 'string' ? values['ns'] : typeof values['parent'] === 'string' ? values['parent'] : ''
  const path = aclPath({ store: name, namespace })
  const isFull = server.privileges.has(path, ...full)
  // Rights are looked at before anything else, so that nobody learns what there is.
  if (!isFull && !server.privileges.has(path, ...owned))
    return refuse(`permission check failed - missing ${[...full, ...owned].join('|')} on ${path}`, 403)
  const store = server.store(name)
  if (store === undefined) return refuse(`no such datastore '${name}'`)
  const { maintenance, error } = store.world
  const isWrite = method !== 'GET'
  if (maintenance !== undefined && (isWrite || !maintenance.includes('read-only')))
    return refuse(`datastore '${name}' is in ${maintenance.replace(/,.*/, '').replace('type=', '')} maintenance mode`)
  if (error !== undefined) return refuse(error)
  if (!server.namespacesOf(store).includes(namespace)) return refuse(`unable to read namespace '${namespace}' - No such file or directory`)
  const isMine = ({ owner }: HeldBackup) => isFull || owner === server.token.id
  return handler.answer(server, { store, name, namespace, values, isMine })
}

interface Asked {
  store: HeldStore
  name: string
  namespace: string
  values: Readonly<Record<string, unknown>>
  /** Whether the rights of the token reach a backup. */
  isMine: (backup: HeldBackup) => boolean
}

interface Handler {
  /** Any of these lets it at everything; any of those at what it owns. */
  full: readonly string[]
  owned: readonly string[]
  answer: (server: SimulatedServer, asked: Asked) => Reply
}

const ownerFailed = 'backup owner check failed'

const handlers: Readonly<Record<string, Handler>> = {
  'GET namespace': {
    full: ['Datastore.Audit', 'Datastore.Modify', 'Datastore.Read', 'Datastore.Backup'],
    owned: [],
    answer: (server, { store, namespace }) =>
      ok(
        server
          .namespacesOf(store)
          .filter((one) => isWithin(one, namespace))
          .map((ns) => ({ ns })),
      ),
  },
  'GET groups': {
    full: ['Datastore.Audit'],
    owned: ['Datastore.Backup'],
    answer: (_, asked) => ok(groupsOf(asked)),
  },
  'GET snapshots': {
    full: ['Datastore.Audit'],
    owned: ['Datastore.Backup'],
    answer: (_, asked) => ok(backupsOf(asked).map(snapshotOf)),
  },
  'DELETE snapshots': {
    full: ['Datastore.Modify'],
    owned: ['Datastore.Prune'],
    answer(server, asked) {
      const found = namedIn(asked)
      if (found === undefined) return refuse('unable to lock snapshot - No such file or directory (os error 2)')
      if (!asked.isMine(found)) return refuse(ownerFailed)
      if (found.isProtected) return refuse('cannot remove protected snapshot')
      server.remove(asked.store, found)
      return ok(null)
    },
  },
  'PUT protected': {
    full: ['Datastore.Modify'],
    owned: ['Datastore.Backup'],
    answer(_, asked) {
      const found = namedIn(asked)
      if (found === undefined) return refuse('snapshot does not exist!')
      if (!asked.isMine(found)) return refuse(ownerFailed)
      found.isProtected = asked.values['protected'] === true
      return ok(null)
    },
  },
  'POST gc': {
    full: ['Datastore.Modify'],
    owned: [],
    answer(server, { store, name }) {
      if (server.tasks.some(({ type, on, end }) => type === 'garbage_collection' && on === name && end === undefined))
        return refuse('garbage collection already running')
      const log = [`starting garbage collection on store ${name}`, 'Start GC phase1 (mark used chunks)']
      const task = server.begin('garbage_collection', name, log, () => {
        const { removed, pending } = server.collect(store, task.upid)
        return ['Start GC phase2 (sweep unused chunks)', `Removed garbage: ${removed} B`, `Pending removals: ${pending} B`]
      })
      return ok(task.upid)
    },
  },
  'POST verify': {
    full: ['Datastore.Verify'],
    owned: ['Datastore.Backup'],
    answer: verify,
  },
  'POST prune': {
    full: ['Datastore.Modify'],
    owned: ['Datastore.Prune'],
    answer: prune,
  },
}

function verify(server: SimulatedServer, asked: Asked): Reply {
  const { store, name, namespace, values } = asked
  const { 'backup-type': kind, 'backup-id': id, 'backup-time': time, 'outdated-after': outdated } = values
  if ((kind === undefined) !== (id === undefined) || (time !== undefined && id === undefined))
    return refuse('parameters do not specify a backup group or snapshot')
  const ignores = values['ignore-verified'] !== false
  const isMeant = (backup: HeldBackup) =>
    asked.isMine(backup) &&
    (kind === undefined
      ? isWithin(backup.namespace, namespace)
      : backup.namespace === namespace && backup.kind === kind && backup.id === id) &&
    (time === undefined || backup.time === time)
  const type = time === undefined ? (kind === undefined ? 'verify' : 'verify_group') : 'verify_snapshot'
  const on =
    kind === undefined
      ? namespace === ''
        ? name
        : `${name}:${namespace}`
      : addressOf({ store: name, namespace, kind: kind as BackupKind, id: id as string })
  const task = server.begin(type, on, [`verify datastore ${name}`], () => {
    const failed: string[] = []
    const lines: string[] = []
    for (const backup of store.backups.filter(isMeant)) {
      const began = Number.parseInt(backup.verification?.upid.split(':')[5] ?? '0', 16)
      const isOld = typeof outdated === 'number' && server.now - began > outdated * 86_400
      if (!backup.isFinished || (ignores && backup.verification !== undefined && !isOld)) continue
      const address = addressOf({ store: name, ...backup })
      const isCorrupt = server.world.corrupt?.includes(address) === true
      backup.verification = { state: isCorrupt ? 'failed' : 'ok', upid: task.upid }
      lines.push(`verify ${address}`)
      if (isCorrupt) failed.push(`\t${address}`)
    }
    if (failed.length === 0) return lines
    const told = 'verification failed - please check the log for details'
    return [...lines, 'Failed to verify the following snapshots/groups:', ...failed, `TASK ERROR: ${told}`]
  })
  return ok(task.upid)
}

function prune(server: SimulatedServer, asked: Asked): Reply {
  const { store, namespace, values } = asked
  const group = backupsOf({ ...asked, isMine: () => true })
  if (group.length === 0) return refuse('unable to read group - No such file or directory')
  if (!group.every(asked.isMine)) return refuse(ownerFailed)
  const keep = Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith('keep-'))) as Record<string, number>
  const marks = [...marksOf(group, keep)].toReversed()
  if (values['dry-run'] !== true) for (const [backup, mark] of marks) if (mark === 'remove') server.remove(store, backup)
  return ok(
    marks.map(([{ kind, id, time }, mark]) => ({
      'backup-type': kind,
      'backup-id': id,
      'backup-time': time,
      keep: mark !== 'remove',
      protected: mark === 'protected',
      ...(namespace === '' ? {} : { ns: namespace }),
    })),
  )
}

function namedIn(asked: Asked): HeldBackup | undefined {
  return backupsOf({ ...asked, isMine: () => true }).find(({ time }) => time === asked.values['backup-time'])
}

function backupsOf({ store, namespace, values, isMine }: Asked): HeldBackup[] {
  const { 'backup-type': kind, 'backup-id': id } = values
  return store.backups.filter(
    (backup) =>
      backup.namespace === namespace &&
      (kind === undefined || backup.kind === kind) &&
      (id === undefined || backup.id === id) &&
      isMine(backup),
  )
}

function snapshotOf({ kind, id, time, bytes, comment, owner, isProtected, isFinished, verification }: HeldBackup) {
  return {
    'backup-type': kind,
    'backup-id': id,
    'backup-time': time,
    owner,
    protected: isProtected,
    files: isFinished ? ['drive-scsi0.img.fidx', 'index.json.blob'] : ['drive-scsi0.img.fidx'],
    ...(isFinished ? { size: bytes } : {}),
    ...(comment === undefined || !isFinished ? {} : { comment }),
    ...(verification === undefined ? {} : { verification }),
  }
}

function groupsOf(asked: Asked) {
  const backups = backupsOf(asked)
  const groups = new Map<string, HeldBackup[]>()
  for (const backup of backups) {
    const key = `${backup.kind}/${backup.id}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [backup])
    else known.push(backup)
  }
  return [...groups.values()].flatMap((group) => {
    const own = group.toSorted((first, second) => second.time - first.time)
    const last = own.find(({ isFinished }) => isFinished) ?? own[0]
    if (last === undefined) return []
    return {
      'backup-type': last.kind,
      'backup-id': last.id,
      'backup-count': own.length,
      'last-backup': last.time,
      owner: last.owner,
      files: last.isFinished ? ['drive-scsi0.img.fidx', 'index.json.blob'] : ['drive-scsi0.img.fidx'],
    }
  })
}
