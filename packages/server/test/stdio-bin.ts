// Begun here, and not in the middle of the SDK: in one file without chunks it does not come to its end there.
import { z } from 'zod'
import { serveStdio } from '../src/stdio.ts'
import { createFixtureSurface } from './fixture-surface.ts'

const finishMs = z.coerce.number().default(8_000).parse(process.env['FIXTURE_FINISH_MS'])
const surface = createFixtureSurface()
const caller = { principal: 'local:me', tier: 'configure' } as const
const log = (level: string, message: string) => void process.stderr.write(`${level}: ${message}\n`)
const server = serveStdio({ surface, caller, log, finishMs })
process.once('SIGTERM', () => void server.close())
await server.finished
process.stderr.write(`finished ${JSON.stringify(surface.state)}\n`)
process.exit(0)
