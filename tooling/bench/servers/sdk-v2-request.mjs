// The echo tools on the SDK's handler for the current protocol: no session, an McpServer for each request.
import { createServer as createHttpServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { listen } from './listen.mjs'
import { createServer } from './sdk-v2-tools.mjs'

const handle = toNodeHandler(createMcpHandler(createServer))

listen(createHttpServer((request, response) => void handle(/** @type {Parameters<typeof handle>[0]} */ (request), response)))
