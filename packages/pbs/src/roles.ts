const datastore = (...names: readonly string[]) => names.map((name) => `Datastore.${name}`)
const administrator = datastore('Audit', 'Modify', 'Read', 'Verify', 'Backup', 'Prune')

/** What each role may do; a server has these, and nobody can make others. */
export const roles: Readonly<Record<string, readonly string[]>> = {
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
  Audit: ['Sys.Audit', ...datastore('Audit')],
  NoAccess: [],
  DatastoreAdmin: administrator,
  DatastoreReader: datastore('Audit', 'Verify', 'Read'),
  DatastoreBackup: datastore('Backup'),
  DatastorePowerUser: datastore('Prune', 'Backup'),
  DatastoreAudit: datastore('Audit'),
  RemoteAudit: ['Remote.Audit'],
  RemoteSyncOperator: ['Remote.Audit', 'Remote.Read'],
}
