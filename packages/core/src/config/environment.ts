import { homedir } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '../define/error.ts'
import type { Service } from '../define/service.ts'
import { readTextFile } from './text-file.ts'
import { variablesOf } from './variables.ts'

/** The environment as plain data. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The raw values of a service's fields that the environment sets, `_FILE` variants read. */
export async function valuesFromEnvironment(service: Service, environment: Environment): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const { field, names } of variablesOf(service)) {
    for (const name of names) {
      const value = await variable(name, environment)
      if (value === undefined) continue
      values[field] = value
      break
    }
  }
  return values
}

/** One variable, or the content of the file that `<name>_FILE` points at; empty counts as unset. */
export async function variable(name: string, environment: Environment): Promise<string | undefined> {
  const [base = name, ...rest] = name.split('/')
  const own = environment[base]
  if (own !== undefined && own !== '') return rest.length === 0 ? own : join(own, ...rest)
  const path = environment[`${name}_FILE`]
  return path === undefined || path === '' ? undefined : readSecretFile(path, `${name}_FILE`)
}

/** The value a reference stands for: `env:NAME`, `file:/path`; anything else is itself. */
export async function resolveReference(value: unknown, environment: Environment): Promise<unknown> {
  if (typeof value !== 'string') return value
  if (value.startsWith('env:')) {
    const name = value.slice('env:'.length)
    const found = await variable(name, environment)
    if (found === undefined)
      throw new ToolError('invalid_config', `The environment variable ${name} is not set.`, {
        hint: `Set ${name}, or ${name}_FILE to the path of a file that holds it.`,
      })
    return found
  }
  return value.startsWith('file:') ? readSecretFile(value.slice('file:'.length), 'the reference') : value
}

async function readSecretFile(path: string, origin: string): Promise<string> {
  try {
    return (await readTextFile(path)).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new ToolError(
      'invalid_config',
      `The file ${path} that ${origin} names cannot be read: ${cause instanceof Error ? cause.message : 'unknown error'}.`,
      {
        hint: 'Check that it exists and that this user may read it.',
        cause,
      },
    )
  }
}

/** The home of this user; the root directory for a user who has none, as in a container or a service. */
export function homeDirectory({ HOME }: Environment): string {
  if (HOME) return HOME
  try {
    return homedir()
  } catch {
    return '/'
  }
}
