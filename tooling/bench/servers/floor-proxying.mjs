// The floor of a call that is passed on: node:http in, the group read from the name, ids rewritten, a child's stdio out.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { groups, listing, prefixedNames } from './echo-tools.mjs'
import { answering, initialized } from './floor-answers.mjs'
import { listen } from './listen.mjs'

const child = fileURLToPath(new URL('floor-stdio.mjs', import.meta.url))
const tools = prefixedNames.map(listing)
const upstreams = new Map(groups.map((group) => [group, startUpstream()]))

function startUpstream() {
  const { stdin, stdout } = spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'inherit'] })
  /** @type {Map<number, (result: unknown) => void>} */
  const waiting = new Map()
  let id = 0
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const message of lines.map((line) => JSON.parse(line))) {
      waiting.get(message.id)?.(message.result)
      waiting.delete(message.id)
    }
  })
  return (/** @type {object} */ message) =>
    new Promise((resolve) => {
      waiting.set(++id, resolve)
      stdin.write(`${JSON.stringify({ ...message, id })}\n`)
    })
}

listen(
  createServer(
    answering((message) => {
      if (message.method !== 'tools/call') return message.method === 'tools/list' ? { tools } : initialized
      const { name } = message.params
      const group = name.slice(0, name.indexOf('_'))
      return upstreams.get(group)?.({ ...message, params: { ...message.params, name: name.slice(group.length + 1) } })
    }),
  ),
)
process.once('SIGTERM', () => process.exit())
