const datastore = (...names: readonly string[]) => names.map((name) => `Datastore.${name}`)
const audit = ['Sys.Audit', ...datastore('Audit')]
const administrator = datastore('Audit', 'Modify', 'Read', 'Verify', 'Backup', 'Prune')

/** What each role may do. */
const roles: Readonly<Record<string, readonly string[]>> = {
  Admin: [
    ...administrator,
    ...datastore('Allocate'),
    'Sys.Audit',
    'Sys.Modify',
    'Remote.Audit',
    'Remote.Modify',
    'Remote.Read',
    'Permissions.Modify',
  ],
  // It sees no remotes.
  Audit: audit,
  NoAccess: [],
  DatastoreAdmin: administrator,
  DatastoreReader: datastore('Audit', 'Verify', 'Read'),
  DatastoreBackup: datastore('Backup'),
  DatastorePowerUser: datastore('Prune', 'Backup'),
  DatastoreAudit: datastore('Audit'),
  RemoteAudit: ['Remote.Audit'],
  RemoteSyncOperator: ['Remote.Audit', 'Remote.Read'],
}

const told = ['/', '/access', '/datastore', '/remote', '/system']

/** What a token may do, by the roles it has on paths. */
export function createPrivileges(given: Readonly<Record<string, string>>) {
  /** The role that is set nearest counts, and no other. */
  const on = (path: string): readonly string[] => {
    let at = path
    for (;;) {
      const role = given[at]
      if (role !== undefined) return roles[role] ?? []
      if (at === '/') return []
      at = at.slice(0, at.lastIndexOf('/')) || '/'
    }
  }
  return {
    has: (path: string, ...any: readonly string[]) => any.some((privilege) => on(path).includes(privilege)),
    /** As the server tells it; paths without any privilege are left out. */
    map: () =>
      Object.fromEntries(
        [...new Set([...told, ...Object.keys(given)])]
          .map((path) => [path, Object.fromEntries(on(path).map((privilege) => [privilege, true]))] as const)
          .filter(([, own]) => Object.keys(own).length > 0),
      ),
  }
}

/** What a token may do. */
export type Privileges = ReturnType<typeof createPrivileges>
