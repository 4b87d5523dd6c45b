// MCP servers that misbehave over stdio, by the word given: `exits`, `silent` to everything, `listless` to tools/list alone.
const [kind = ''] = process.argv.slice(2)
if (kind === 'exits') process.exit(1)
let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  if (kind === 'silent') return
  for (const { id, method, params } of lines.map((line) => JSON.parse(line))) {
    if (id === undefined || method === 'tools/list') continue
    const result = { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '0' } }
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`)
  }
})
