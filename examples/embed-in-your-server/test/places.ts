import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of a test's own, gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-embed-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** The token in the text of a plan. */
export function tokenIn(text: string): string {
  const token = /confirm: ([A-Z2-7]{16})/.exec(text)?.[1]
  if (token === undefined) throw new Error(`there is no plan: ${text}`)
  return token
}
