import { posix } from 'node:path'
import { resolveReference, ToolError } from '@rackwarden/core'

type Values = Readonly<Record<string, string>>

/** Whether a value stands for another that is kept on our side. */
export function isReference(value: string): boolean {
  return value.startsWith('env:') || value.startsWith('file:')
}

/** Puts what they stand for in the place of references; refused where the owner lends no such value. */
export async function resolved(given: Values, lent: readonly string[], environment = process.env): Promise<Record<string, string>> {
  const entries = Object.entries(given).map(async ([name, value]) => {
    if (!isReference(value)) return [name, value] as const
    refuseUnlent(value, lent)
    return [name, String(await resolveReference(value, environment))] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

// Without a list, a container could be made only to read the owner's keys.
function refuseUnlent(reference: string, lent: readonly string[]): void {
  const path = reference.startsWith('file:') ? reference.slice('file:'.length) : undefined
  const isPlain = path === undefined || (posix.isAbsolute(path) && posix.normalize(path) === path)
  const isLent = lent.some((entry) => (entry.endsWith('*') ? reference.startsWith(entry.slice(0, -1)) : reference === entry))
  if (isPlain && isLent) return
  throw new ToolError('forbidden', `${reference} is not among the values that may be given to containers.`, {
    hint: 'The owner names it in containerSecrets of this service (DOCKER_CONTAINER_SECRETS), or sets the variable by hand.',
  })
}
