// What `pveum`, `pveversion` and `openssl` do on a pretend node: they answer, refuse and end as the real ones, keep what
// they did in a file, and write down how they were called.
//   node node-program.mjs <file> <program> <arguments…>
import { openPretendProgram, refuse, wordsOf } from '@rackwarden/lab/pretend-program'
import { randomUUID } from 'node:crypto'

const { state, program, argv, run } = openPretendProgram()

const wrong = (name, text) => refuse(`400 Parameter verification failed.\n${name}: ${text}\npveum ${argv.join(' ')} [OPTIONS]`)

const privileges = {
  common:
    'Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit Group.Allocate Mapping.Audit Mapping.Modify Mapping.Use Permissions.Modify Pool.Allocate Pool.Audit Realm.Allocate Realm.AllocateUser SDN.Allocate SDN.Audit SDN.Use Sys.AccessNetwork Sys.Audit Sys.Console Sys.Incoming Sys.Modify Sys.PowerMgmt Sys.Syslog User.Modify VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options VM.Console VM.Migrate VM.PowerMgmt VM.Snapshot VM.Snapshot.Rollback',
  8: 'VM.Monitor',
  9: 'VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite VM.GuestAgent.Unrestricted VM.Replicate',
}
const known = new Set(`${privileges.common} ${privileges[state.release]}`.split(' '))

function privilegesIn(text = '') {
  const names = text.split(/[,; ]+/).filter(Boolean)
  for (const name of names) if (!known.has(name)) wrong('privs', `invalid format - invalid privilege '${name}'`)
  return names
}

const table = {
  'user list': () => [
    { userid: 'root@pam', enable: 1, expire: 0, 'realm-type': 'pam' },
    ...Object.entries(state.users).map(([userid, { comment }]) => ({ comment, enable: 1, expire: 0, 'realm-type': 'pve', userid })),
  ],
  'user add': ([user], { comment }) => {
    if (state.users[user]) refuse(`create user failed: user '${user}' already exists`)
    state.users[user] = { comment, tokens: {} }
  },
  'user delete': ([user]) => {
    if (!state.users[user]) refuse(`delete user failed: user '${user}' does not exist`)
    delete state.users[user]
    state.acl = state.acl.filter(({ ugid }) => ugid !== user && !ugid.startsWith(`${user}!`))
  },
  'user token list': ([user]) => {
    if (!state.users[user]) refuse(`no such user ('${user}')`)
    return Object.entries(state.users[user].tokens).map(([tokenid, { comment }]) => ({ comment, expire: 0, privsep: 1, tokenid }))
  },
  'user token add': ([user, token], { comment, privsep = '1' }) => {
    if (!state.users[user]) refuse(`no such user ('${user}')`)
    if (state.users[user].tokens[token]) wrong('tokenid', 'Token already exists.')
    const value = randomUUID()
    state.users[user].tokens[token] = { value, comment, privsep }
    return { 'full-tokenid': `${user}!${token}`, info: { comment, privsep }, value }
  },
  'user token remove': ([user, token]) => {
    if (!state.users[user]?.tokens[token]) refuse(`no such token '${token}' for user '${user}'`)
    delete state.users[user].tokens[token]
  },
  'role list': () => [
    { privs: [...known].join(','), roleid: 'Administrator', special: 1 },
    ...Object.entries(state.roles).map(([roleid, names]) => ({ privs: names.join(','), roleid, special: 0 })),
  ],
  'role add': ([role], { privs }) => {
    const names = privilegesIn(privs)
    if (state.roles[role]) refuse(`create role failed: role '${role}' already exists`)
    state.roles[role] = names
  },
  'role modify': ([role], { privs }) => {
    const names = privilegesIn(privs)
    if (!state.roles[role]) refuse(`modify role failed: role '${role}' does not exist`)
    state.roles[role] = names
  },
  'role delete': ([role]) => {
    if (!state.roles[role]) refuse(`delete role failed: role '${role}' does not exist`)
    delete state.roles[role]
  },
  'acl list': () => state.acl,
  'acl modify': ([path], options) => changeAcl(path, options, true),
  'acl delete': ([path], options) => changeAcl(path, options, false),
}

function changeAcl(path, { roles, users, tokens }, isGiven) {
  const type = users === undefined ? 'token' : 'user'
  const ugid = users ?? tokens
  const [user, token] = ugid.split('!')
  if (isGiven && (!state.users[user] || (token !== undefined && !state.users[user].tokens[token])))
    refuse(`ACL update failed: ${type} '${ugid}' does not exist`)
  if (isGiven && roles !== 'Administrator' && !state.roles[roles]) refuse(`ACL update failed: role '${roles}' does not exist`)
  state.acl = state.acl.filter((entry) => !(entry.path === path && entry.ugid === ugid && entry.roleid === roles))
  if (isGiven) state.acl.push({ path, propagate: 1, roleid: roles, type, ugid })
}

/** What is printed. */
function answered() {
  if (program === 'pveversion') {
    const version = state.release === 9 ? '9.1.4/5ac30304265fbd8e' : '8.4.14/b502d23c55afcba1'
    return `pve-manager/${version} (running kernel: 6.17.4-1-pve)`
  }
  if (program === 'openssl') {
    if (!argv.at(-1).endsWith(`/${state.certificateFile}`)) refuse(`Could not open file or uri for loading certificate from ${argv.at(-1)}`)
    return `sha256 Fingerprint=${state.fingerprint}`
  }
  const { plain, options } = wordsOf(argv)
  const size = plain[1] === 'token' ? 3 : 2
  const command = table[plain.slice(0, size).join(' ')]
  if (command === undefined) refuse(`ERROR: unknown command '${argv.join(' ')}'`)
  const answer = command(plain.slice(size), options)
  return answer === undefined || options['output-format'] !== 'json' ? '' : JSON.stringify(answer)
}

run(answered, "cfs-lock 'file-user_cfg' error: got lock request timeout")
