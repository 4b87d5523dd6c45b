import { ToolError } from '../define/error.ts'
import { matchesTarget, qualified } from './target-pattern.ts'

/** Targets no write may touch, whatever the tier, the token or the person. */
export interface ProtectedSet {
  readonly patterns: readonly string[]
  /** Throws `protected` for the first target that is in it; what names no instance is of the one given. */
  refuse(targets: readonly string[], instance: string): void
}

/** What serves this process and keeps its records: services say `rackwarden/…` among the targets of what would touch it. */
const alwaysProtected = ['rackwarden/process/*', 'rackwarden/file/*']

/** Makes the protected set of a process; it is read once, at the start, and nothing lifts it while the process runs. */
export function createProtectedSet(configured: readonly string[] = []): ProtectedSet {
  const patterns = [...alwaysProtected, ...configured]
  return {
    patterns,
    refuse(targets, instance) {
      for (const target of targets) {
        const pattern = patterns.find((candidate) => matchesTarget(candidate, qualified(target, instance)))
        if (pattern === undefined) continue
        throw new ToolError('protected', `${target} is protected (${pattern}): no write may touch it.`, {
          hint: alwaysProtected.includes(pattern)
            ? 'It is what serves you, or keeps its records. If it must be, the owner does it without Rackwarden.'
            : `The owner named it under 'protect' in rackwarden.yaml; taking it out there, and a restart, is the only way.`,
        })
      }
    },
  }
}
