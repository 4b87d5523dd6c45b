import { ToolError, type ExecResult } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { connect } from '../src/client.ts'
import simulate from '../src/simulate.ts'

test.each<[name: string, result: Partial<ExecResult>, code: string]>([
  ['that is not there', { exitCode: 127 }, 'invalid_config'],
  ['that fails', { exitCode: 1, stderr: 'no database' }, 'upstream'],
  ['that says more than fits', { stdout: '[', truncated: true }, 'upstream'],
  ['that prints no JSON', { stdout: '<html>' }, 'upstream'],
  ['that prints something else', { stdout: '{"jobs":1}' }, 'upstream'],
])('a program %s is told as that, with a hint', async (_, result, code) => {
  const { connection } = await simulate()
  if (connection === undefined) throw new Error('the simulator answers through a connection')
  const exec = async (): Promise<ExecResult> => ({ exitCode: 0, stdout: '', stderr: '', truncated: false, ...result })
  await expect(connect({}, { ...connection, exec }).jobs(new AbortController().signal)).rejects.toSatisfy(
    (error) => ToolError.isInstance(error) && error.code === code && error.hint !== undefined,
  )
})
