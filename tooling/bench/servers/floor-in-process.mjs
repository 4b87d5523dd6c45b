// The floor of a call that stays in the process: node:http and JSON, without a check.
import { createServer } from 'node:http'
import { listing, prefixedNames } from './echo-tools.mjs'
import { answering, initialized } from './floor-answers.mjs'
import { listen } from './listen.mjs'

const tools = prefixedNames.map(listing)

listen(
  createServer(
    answering(({ method, params }) => {
      if (method === 'tools/call') return { content: [{ type: 'text', text: params.arguments.text }] }
      return method === 'tools/list' ? { tools } : initialized
    }),
  ),
)
