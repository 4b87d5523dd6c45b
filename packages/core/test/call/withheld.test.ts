import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adminAcknowledgement, defineService, toolsFor } from '@rackwarden/core'
import { createRuntime, defaultApproval, openCatalogue, type Caller } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const configured = 'correct/horse+battery'
const named = 'hunter2-hunter2'
const shaped = `ghp_${'aB3'.repeat(12)}`

/** What a command might print: a secret of ours in two forms, one under a name, one by its shape. */
const printed = `$ cat .env\n\u001B[1mDB_PASSWORD\u001B[0m=${named}\n${shaped}\n${configured.slice(0, 9)}\u200B${configured.slice(9)} ${Buffer.from(configured).toString('base64')}`
const secrets = [configured, Buffer.from(configured).toString('base64'), named, shaped]

const defineTool = toolsFor<object>()
const words = {
  title: 'Read',
  description: 'What is printed.',
  input: z.object({}),
  output: z.object({ printed: z.string().describe('All of it.') }),
}
const write = {
  ...words,
  state: () => ({ printed }),
  plan: () => ({ summary: `Print ${shaped}`, targets: ['print/file/env'], diff: [printed], warnings: [printed] }),
  run: () => ({ printed }),
}

const service = defineService({
  name: 'print',
  title: 'Print',
  description: 'Prints.',
  instances: 'single',
  config: {},
  connect: () => ({}),
  health: () => ({ version: '1', evidence: printed }),
  simulate: () => Promise.reject(new Error('not simulated')),
  tools: [
    defineTool({ ...words, name: 'get_status', access: 'observe', run: () => ({ printed }) }),
    defineTool({ ...write, name: 'run_job', access: 'operate', undo: 'transient' }),
    defineTool({ ...write, name: 'set_job', access: 'configure', undo: () => ({ tool: 'set_job', input: {} }) }),
    defineTool({ ...write, name: 'exec_command', access: 'admin', undo: 'irreversible' }),
  ],
})

test.each(['get_status', 'run_job', 'set_job', 'exec_command'])(
  'no secret leaves through %s, whatever its access, not even where nobody has to agree',
  async (tool) => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'rackwarden-withheld-'))
    const log: string[] = []
    const runtime = createRuntime({
      version: '1.2.3',
      environment: { RACKWARDEN_ADMIN: adminAcknowledgement },
      stateDirectory,
      log: (_, message) => log.push(message),
    })
    const catalogue = openCatalogue({
      name: 'print',
      title: 'Print',
      services: [service],
      prefixed: false,
      runtime,
      configuration: {
        tier: 'admin',
        approval: { ...defaultApproval, tiers: { operate: 'none', configure: 'none', admin: 'none' } },
        protect: [],
        services: { print: { toolsOff: [], missing: [], off: false, instances: [{ name: 'default', source: 'test', values: {} }] } },
      },
    })
    onTestFinished(async () => {
      await catalogue.close(0)
      await runtime.close()
      await rm(stateDirectory, { recursive: true, force: true })
    })
    runtime.secrets.add(configured)
    const caller: Caller = { principal: 'local:tester', tier: 'admin' }
    const result = await catalogue.call({ name: tool, input: {}, caller })
    expect(result.kind).toBe('done')
    await runtime.audit.flush()
    const files = await readdir(stateDirectory, { recursive: true, withFileTypes: true })
    const records = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    )
    const left = [JSON.stringify(result), ...records, ...log].join('\n').replaceAll(String.raw`\/`, '/')
    for (const secret of secrets) expect(left).not.toContain(secret)
    expect(JSON.stringify(result)).toContain('DB_PASSWORD=[redacted]')
  },
)
