import { ToolError, type BackupKind } from '@rackwarden/core'

/** A datastore and a namespace in it; the root has an empty one. */
export interface Place {
  store: string
  namespace: string
}

/** All backups of one thing. */
export interface Group extends Place {
  kind: BackupKind
  id: string
}

/** One backup. */
export interface BackupAddress extends Group {
  /** In seconds since the epoch. */
  time: number
}

/** What a tool can be asked to look at: a datastore, a namespace in it, one group or one backup. */
export type Scope = Place & Partial<Omit<BackupAddress, keyof Place>>

const segment = String.raw`[A-Za-z0-9_][A-Za-z0-9._-]*`
const scopeForm = new RegExp(String.raw`^(?<store>${segment})(?::(?<path>.*))?$`)
const pathForm = new RegExp(
  String.raw`^(?:(?<namespace>${segment}(?:/${segment})*)/)?(?<kind>vm|ct|host)/(?<id>${segment})(?:/(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))?$`,
)
const namespaceForm = new RegExp(String.raw`^${segment}(?:/${segment})*$`)

const howTo = 'Write main, main:namespace, main:vm/100 or main:namespace/vm/100/2026-06-01T02:00:00Z, as list_backups tells them.'

/** Reads `store`, `store:namespace`, `store:namespace/vm/100` or `store:namespace/vm/100/<time>`. */
export function readScope(text: string): Scope {
  const { store, path = '' } = scopeForm.exec(text.trim())?.groups ?? {}
  if (store === undefined) throw unreadable(text)
  if (path === '') return { store, namespace: '' }
  const found = pathForm.exec(path)?.groups
  if (found === undefined) {
    // A time with a slip in it is no namespace.
    if (!namespaceForm.test(path) || /\/\d{4}-\d[^/]*$/.test(path)) throw unreadable(text)
    return { store, namespace: path }
  }
  const { namespace = '', kind, id = '', time } = found
  const group: Group = { store, namespace, kind: kind as BackupKind, id }
  if (time === undefined) return group
  const seconds = Date.parse(time) / 1_000
  if (!(seconds > 0) || timeText(seconds) !== time) throw unreadable(text)
  return { ...group, time: seconds }
}

/** Reads the address of one backup. */
export function readBackup(text: string): BackupAddress {
  const scope = readScope(text)
  if (!isBackup(scope))
    throw new ToolError('invalid_input', `'${text}' is not one backup.`, {
      hint: 'Give it with its time, as list_backups all=true tells it.',
    })
  return scope
}

/** Whether a scope is one group, or one backup of it. */
export function isGroup(scope: Scope): scope is Scope & Group {
  return scope.kind !== undefined && scope.id !== undefined
}

/** Whether a scope is one backup. */
export function isBackup(scope: Scope): scope is BackupAddress {
  return isGroup(scope) && scope.time !== undefined
}

/** An address as it is shown and read: what `readScope` makes of it is the same again. */
export function addressOf({ store, namespace, kind, id, time }: Scope): string {
  const parts = [...(namespace === '' ? [] : [namespace]), ...(kind === undefined ? [] : [`${kind}/${id}`])]
  const path = [...parts, ...(time === undefined ? [] : [timeText(time)])].join('/')
  return path === '' ? store : `${store}:${path}`
}

/** Whether a namespace is another one or below it. */
export function isWithin(namespace: string, other: string): boolean {
  return other === '' || namespace === other || namespace.startsWith(`${other}/`)
}

/** Seconds since the epoch as the server prints them. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The address of something in plans and findings. */
export function targetOf(instance: string, kind: string, name: string): string {
  return `${instance === 'default' ? 'pbs' : `pbs@${instance}`}/${kind}/${name}`
}

function unreadable(text: string): ToolError {
  return new ToolError('invalid_input', `'${text}' is no datastore, namespace, group or backup.`, { hint: howTo })
}
