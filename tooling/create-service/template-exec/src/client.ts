import { sshConfig, ToolError, type ConfigOf, type Connection, type OpenContext } from '@rackwarden/core'
import { z } from 'zod'
import { about, job } from './job.ts'

/** What has to be known of Quiet Lantern to reach its program. */
export const config = {
  url: z
    .string()
    .regex(/^(?:local|ssh:\/\/\S+)$/, "is neither 'local' nor ssh://user@host")
    .describe('Where Quiet Lantern is: local, or ssh://user@host[:port].'),
  ...sshConfig,
}

type Config = ConfigOf<typeof config>

/** Goes over SSH where the address says so. */
export async function open(values: Config, base: Connection, { log }: OpenContext): Promise<Connection> {
  if (!values.url.startsWith('ssh://')) return base
  const { overSsh } = await import('@rackwarden/ssh')
  return overSsh(values, base, { log })
}

/** What one Quiet Lantern is asked. */
export type QuietLanternClient = ReturnType<typeof connect>

/** Makes the client of one Quiet Lantern. */
export function connect(_: Partial<Config>, connection: Connection) {
  async function run(words: readonly string[], signal: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr, truncated } = await connection.exec(['quiet-lantern', ...words], { signal })
    if (exitCode === 127)
      throw new ToolError('invalid_config', 'There is no program quiet-lantern there.', { hint: 'Install it, or put it on the PATH.' })
    if (exitCode !== 0)
      throw new ToolError('upstream', `quiet-lantern ${words[0]} ended with ${exitCode}: ${stderr.trim().slice(0, 200)}`, {
        hint: 'Run the same on the machine itself to see more.',
      })
    if (truncated)
      throw new ToolError('upstream', `quiet-lantern ${words[0]} says more than fits.`, { hint: 'Ask for less of it at once.' })
    return stdout
  }

  async function ask<Schema extends z.ZodType>(words: readonly string[], schema: Schema, signal: AbortSignal) {
    const text = await run([...words, '--json'], signal)
    const { success, data } = jsonText.pipe(schema).safeParse(text)
    if (success) return data
    throw new ToolError('upstream', `quiet-lantern ${words[0]} answered in an unexpected form.`, {
      hint: 'This version of Quiet Lantern may not be supported.',
    })
  }

  return {
    version: async (signal: AbortSignal) => (await ask(['version'], about, signal)).version,
    jobs: (signal: AbortSignal) => ask(['jobs'], z.array(job), signal),
    start: async (name: string, signal: AbortSignal) => void (await run(['start', '--', name], signal)),
    stop: async (name: string, signal: AbortSignal) => void (await run(['stop', '--', name], signal)),
  }
}

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON' })
    return z.NEVER
  }
})
