import { knownClients } from '@rackwarden/server'
import { code, table } from './markdown.mjs'

/** The clients `connect` knows: their settings, and how each finds its token. */
export function clientsTable() {
  const elsewhere = knownClients({ HOME: '~' }, 'darwin')
  const rows = knownClients({ HOME: '~' }, 'linux').flatMap((client) => {
    const { name, title, userPath, projectPath } = client
    if (userPath === undefined) return []
    const other = elsewhere.find((one) => one.name === name)?.userPath ?? userPath
    const paths = other === userPath ? code(userPath) : `${code(userPath)}; macOS: ${code(other)}`
    return [[code(name), title, paths, projectPath === undefined ? '' : code(projectPath), tokenOf(client)]]
  })
  return table(['client', 'what it is', 'settings of a user', 'of a project', 'its token, over HTTP'], rows)
}

/** @param {import('@rackwarden/server').Client} client */
function tokenOf(client) {
  if (client.inputs !== undefined) return 'it asks for it'
  try {
    const entry = JSON.stringify(client.entry('rackwarden', { kind: 'address', url: 'https://x', tokenVariable: 'NAME' }))
    return code(/"Bearer ([^"]+)"/.exec(entry)?.[1] ?? /"(\w+)":"NAME"/.exec(entry)?.[1] ?? '')
  } catch {
    return 'knows no addresses'
  }
}
