import { join } from 'node:path'
import { traitsOf, type Service } from '@rackwarden/core'
import { holdsPassword, isReference } from './answers.ts'
import { textOf, writePrivate } from './private-file.ts'

/** Secrets that were typed in, kept until the configuration that names them is written. */
export interface SecretFiles {
  /** The values with a reference in the place of each secret. */
  replaced(service: Service, instance: string, values: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>
  /** A reference to a file of this name, or of one like it, that will hold a secret. */
  reference(name: string, secret: string): Promise<string>
  /** Writes each to a file only this user can read, and gives their paths. */
  save(): Promise<readonly string[]>
}

/** Collects secrets for a directory. */
export function createSecretFiles(directory: string): SecretFiles {
  const held = new Map<string, string>()

  async function reference(name: string, value: string): Promise<string> {
    for (let number = 1; ; number += 1) {
      const path = join(directory, number === 1 ? name : `${name}-${number}`)
      const there = held.get(path) ?? (await textOf(path))
      // A file of that name may belong to a configuration somewhere else.
      if (there !== undefined && there.replace(/\r?\n$/, '') !== value) continue
      held.set(path, value)
      return `file:${path}`
    }
  }

  return {
    reference,
    async replaced(service, instance, values) {
      const result: Record<string, unknown> = {}
      for (const [field, value] of Object.entries(values)) {
        const schema = service.config[field]
        const isNamed = schema !== undefined && traitsOf(schema).secret === true
        const isSecret = (isNamed || holdsPassword(value)) && typeof value === 'string' && !isReference(value)
        const name = [service.name, ...(instance === 'default' ? [] : [instance]), field].join('-')
        result[field] = isSecret ? await reference(name, value) : value
      }
      return result
    },
    async save() {
      for (const [path, value] of held) await writePrivate(path, `${value}\n`)
      return [...held.keys()]
    },
  }
}
