import { spawn } from 'node:child_process'
import { join } from 'node:path'

const limitMs = 20_000

/**
 * Asks a program over stdio in both protocol eras who it is and what it can do, and says what went wrong.
 * @param {string} file
 * @param {string} home an empty directory for its state
 * @returns {Promise<string[]>}
 */
export async function askBin(file, home) {
  const clientInfo = { name: 'stranger', version: '1' }
  const legacy = await ask(file, home, [
    { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  ])
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const modern = await ask(file, home, [{ id: 1, method: 'server/discover', params: { _meta: meta } }])
  const problems = []
  if (legacy.get(1)?.serverInfo === undefined)
    problems.push(`initialize was not answered: ${legacy.get(0) ?? JSON.stringify(legacy.get(1))}`)
  if (!Array.isArray(legacy.get(2)?.tools)) problems.push(`tools/list was not answered: ${legacy.get(0) ?? JSON.stringify(legacy.get(2))}`)
  if (modern.get(1)?.supportedVersions === undefined)
    problems.push(`server/discover was not answered: ${modern.get(0) ?? JSON.stringify(modern.get(1))}`)
  return problems
}

/**
 * Sends messages and collects the results by id; what the program printed besides stands under 0.
 * @param {string} file
 * @param {string} home
 * @param {{ id?: number, method: string, params?: object }[]} messages
 * @returns {Promise<Map<number, any>>}
 */
function ask(file, home, messages) {
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: join(home, '.cache'), RACKWARDEN_STATE_DIR: join(home, 'state') }
  return new Promise((resolve) => {
    const child = spawn(file, [], { cwd: home, env, stdio: ['pipe', 'pipe', 'pipe'], timeout: limitMs, killSignal: 'SIGKILL' })
    const results = new Map()
    const expected = messages.filter(({ id }) => id !== undefined).length
    let errors = ''
    let rest = ''
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter(Boolean)) {
        const message = JSON.parse(line)
        if (message.id !== undefined) results.set(message.id, message.result ?? message.error)
      }
      if (results.size >= expected) child.stdin.end()
    })
    child.on('error', (error) => (errors += error.message))
    child.on('close', () => resolve(errors === '' ? results : results.set(0, errors)))
    for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  })
}
