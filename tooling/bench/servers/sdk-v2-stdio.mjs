// The echo tools on the SDK alone, over stdio.
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createServer } from './sdk-v2-tools.mjs'

serveStdio(createServer)
