// What `proxmox-backup-manager` and `openssl` do on a pretend backup server: they answer, refuse and end as the real ones,
// keep what they did in a file, and write down how they were called.
//   node server-program.mjs <file> <program> <arguments…>
import { openPretendProgram, refuse, wordsOf } from '@rackwarden/lab/pretend-program'
import { randomUUID } from 'node:crypto'

const { state, program, argv, run } = openPretendProgram()

const roles = ['Admin', 'Audit', 'NoAccess', 'DatastoreAdmin', 'DatastoreReader', 'DatastoreBackup', 'DatastorePowerUser', 'DatastoreAudit']
const remoteRoles = ['RemoteAudit', 'RemoteAdmin', 'RemoteSyncOperator']

const table = {
  'user list': () => [
    { userid: 'root@pam', enable: true },
    ...Object.entries(state.users).map(([userid, { comment }]) => ({ userid, comment, enable: true })),
  ],
  'user create': ([user], { comment }) => {
    if (state.users[user]) refuse(`Error: user '${user}' already exists.`)
    state.users[user] = { comment, tokens: {} }
  },
  // What its tokens and it were given stays behind.
  'user remove': ([user]) => {
    if (!state.users[user]) refuse(`Error: user '${user}' does not exist.`)
    delete state.users[user]
  },
  'user list-tokens': ([user]) => {
    if (!state.users[user]) refuse(`Error: no such user '${user}'`)
    return Object.entries(state.users[user].tokens).map(([name, { comment }]) => ({ tokenid: `${user}!${name}`, comment, enable: true }))
  },
  'user generate-token': ([user, token], { comment, ...other }) => {
    if (Object.keys(other).length > 0)
      refuse(`Error: parameter verification errors\n\nparameter '${Object.keys(other)[0]}': schema does not allow additional properties.`)
    if (!state.users[user]) refuse(`Error: no such user '${user}'`)
    if (state.users[user].tokens[token]) refuse(`Error: token '${token}' for user '${user}' already exists.`)
    const value = randomUUID()
    state.users[user].tokens[token] = { value, comment }
    return `Result: ${JSON.stringify({ tokenid: `${user}!${token}`, value }, null, 2)}`
  },
  'user delete-token': ([user, token]) => {
    if (!state.users[user]?.tokens[token]) refuse(`Error: token '${token}' of user '${user}' does not exist.`)
    delete state.users[user].tokens[token]
  },
  'acl list': () => state.acl,
  'acl update': ([path, role], { 'auth-id': ugid, delete: gone }) => {
    if (![...roles, ...remoteRoles].includes(role)) refuse(`Error: parameter 'role': value '${role}' is not defined in the enumeration.`)
    const [user, token] = ugid.split('!')
    if (gone === undefined && (!state.users[user] || (token !== undefined && !state.users[user].tokens[token])))
      refuse(`Error: no such ${token === undefined ? 'user' : 'API token'}.`)
    state.acl = state.acl.filter((entry) => !(entry.path === path && entry.ugid === ugid && entry.roleid === role))
    if (gone === undefined) state.acl.push({ path, propagate: true, roleid: role, ugid, ugid_type: 'user' })
  },
}

/** What is printed. */
function answered() {
  if (program === 'openssl') return `sha256 Fingerprint=${state.fingerprint}`
  const { plain, options } = wordsOf(argv)
  const command = table[plain.slice(0, 2).join(' ')]
  if (command === undefined) refuse(`Error: no such command '${argv.join(' ')}'.`)
  const { 'output-format': format, ...given } = options
  const answer = command(plain.slice(2), plain[1] === 'generate-token' ? options : given)
  if (typeof answer === 'string') return answer
  return answer === undefined || format !== 'json' ? '' : JSON.stringify(answer)
}

run(answered, 'Error: unable to acquire lock "/etc/proxmox-backup/.user.lck" - got timeout')
