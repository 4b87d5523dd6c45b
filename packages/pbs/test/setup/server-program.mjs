// What `proxmox-backup-manager` and `openssl` do on a pretend backup server: they answer, refuse and end as the real ones,
// keep what they did in a file, and write down how they were called.
//   node server-program.mjs <file> <program> <arguments…>
import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const [file, program, ...argv] = process.argv.slice(2)
const state = JSON.parse(readFileSync(file, 'utf8'))

class Refusal extends Error {}

const refuse = (text) => {
  throw new Refusal(text)
}

/** Options and what is none. */
function parsed(words) {
  const [plain, options] = [[], {}]
  for (let index = 0; index < words.length; index++) {
    if (!words[index].startsWith('--')) plain.push(words[index])
    else options[words[index].slice(2)] = words[++index]
  }
  return { plain, options }
}

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
  state.called.push([program, ...argv].join(' '))
  const failure = state.failing.find(({ when }) => state.called.at(-1).includes(when))
  if (failure !== undefined) refuse('Error: unable to acquire lock "/etc/proxmox-backup/.user.lck" - got timeout')
  if (program === 'openssl') return `sha256 Fingerprint=${state.fingerprint}`
  const { plain, options } = parsed(argv)
  const run = table[plain.slice(0, 2).join(' ')]
  if (run === undefined) refuse(`Error: no such command '${argv.join(' ')}'.`)
  const { 'output-format': format, ...given } = options
  const answer = run(plain.slice(2), plain[1] === 'generate-token' ? options : given)
  if (typeof answer === 'string') return answer
  return answer === undefined || format !== 'json' ? '' : JSON.stringify(answer)
}

try {
  const text = answered()
  if (text !== '') process.stdout.write(`${text}\n`)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 255
}
writeFileSync(`${file}.new`, JSON.stringify(state))
renameSync(`${file}.new`, file)
