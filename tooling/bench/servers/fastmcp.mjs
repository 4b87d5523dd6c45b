// A server made with fastmcp, found where BENCH_PEER says: the same hundred tools.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freePort } from '../measure/free-port.mjs'
import { prefixedNames, words } from './echo-tools.mjs'

const from = createRequire(join(process.env['BENCH_PEER'] ?? '', 'package.json'))
/** @param {string} name */
const load = (name) => import(pathToFileURL(from.resolve(name)).href)
const [{ FastMCP }, { z }] = await Promise.all([load('fastmcp'), load('zod')])
const port = await freePort()
const server = new FastMCP({ name: 'bench', version: '0.0.0', logger: { log() {}, info() {}, warn() {}, error() {}, debug() {} } })
for (const name of prefixedNames)
  server.addTool({
    name,
    description: words.description,
    parameters: z.object({ text: z.string().describe('Text to give back.') }),
    execute: async (/** @type {{ text: string }} */ { text }) => text,
  })
await server.start({ transportType: 'httpStream', httpStream: { port, host: '127.0.0.1' } })
process.stderr.write(`http://127.0.0.1:${port}/mcp\n`)
process.once('SIGTERM', () => process.exit())
