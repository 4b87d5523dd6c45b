// The least that can be started and asked over stdio: one file, no import but the names. Also the upstream of everything that proxies.
import { listing, names } from './echo-tools.mjs'

let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const { id, method, params } of lines.map((line) => JSON.parse(line))) {
    if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) })}\n`)
  }
})

/**
 * @param {string} method
 * @param {any} params
 */
function answer(method, params) {
  if (method === 'tools/call') return { content: [{ type: 'text', text: params.arguments.text }] }
  if (method === 'tools/list') return { tools: names.map(listing) }
  return { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'floor', version: '0' } }
}
