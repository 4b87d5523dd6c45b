/** Kinds of things that are backed up whole: virtual machines, containers, and hosts that do it themselves. */
export const backupKinds = ['vm', 'ct', 'host'] as const

/** Kind of a thing that is backed up whole. */
export type BackupKind = (typeof backupKinds)[number]

/** By what the backups of a thing are known to whoever keeps them. */
export interface BackupSubject {
  kind: BackupKind
  /** What they are filed under: the number of a guest, the name of a host. */
  id: string
  /** Its name, where it is known or was noted: two clusters may have the same numbers. */
  name?: string
}

/** How old the newest backup may be where nobody says otherwise: a night may be missed, not two. */
export const usualBackupHours = 36

/** What the backups of a thing are filed under, and what they would not bring back. */
export interface BackedUp extends BackupSubject {
  /** What is in none of them, or keeps nobody from ending them, a phrase each: `mp0 is left out`, `no job covers it`. */
  gaps?: readonly string[]
}

/** Everything one keeper keeps. */
export interface KeptBackups {
  copies: readonly BackupCopy[]
  /** Places that did not tell theirs, each with the reason. */
  unread?: readonly string[]
}

/** The backups of one thing in one place. */
export interface BackupCopy {
  subject: BackupSubject
  /** `service[@instance]/kind/name` of what holds them. */
  target: string
  /** How many there are. */
  count: number
  /** When the newest that is whole was begun, ISO 8601; undefined where none ever was finished. */
  newest?: string
  /** When the newest was begun that is whole and not known to be corrupt, ISO 8601. */
  usable?: string
  /** When this was told, on the keeper's own clock, ISO 8601: the age of a backup is held to that. */
  toldAt?: string
  /** What the last verification said of the usable one; undefined where this keeper does not tell. */
  verified?: 'ok' | 'outdated' | 'never'
  /** Target of the one machine they lie on, where one alone has them: what lives on it goes with them. */
  liesOn?: string
}
