import type { AuditHead, RemovedFile } from './audit-line.ts'

/** One thing that is not as it was written. */
export interface AuditProblem {
  file: string
  /** Counted from 1. */
  line?: number
  problem: string
}

/** What was said of a file elsewhere, until the file is seen to agree. */
export class Claims {
  readonly #open = new Map<string, { head: AuditHead; by: string }>()
  readonly #names = new Set<string>()

  add(head: AuditHead, by: string): void {
    this.#names.add(head.name)
    const key = keyOf(head.name, head.bytes, head.head)
    if (!this.#open.has(key)) this.#open.set(key, { head, by })
  }

  meet(name: string, bytes: number, head: string): void {
    if (this.#names.has(name)) this.#open.delete(keyOf(name, bytes, head))
  }

  /** What no file agreed with; of a file that was removed only its whole length can still be compared. */
  broken(present: ReadonlySet<string>, removed: ReadonlyMap<string, RemovedFile>): AuditProblem[] {
    return [...this.#open.values()].flatMap(({ head, by }) => {
      const { name, bytes } = head
      const gone = removed.get(name)
      if (gone !== undefined) {
        const agrees = bytes < gone.bytes || (bytes === gone.bytes && head.head === gone.head)
        return agrees ? [] : [{ file: name, problem: `was removed, and was not then what ${by} saw of it up to byte ${bytes}` }]
      }
      const problem = present.has(name)
        ? `is not what ${by} saw of it up to byte ${bytes}: it was cut or altered`
        : `is missing; ${by} saw ${bytes} bytes of it`
      return [{ file: name, problem }]
    })
  }
}

function keyOf(name: string, bytes: number, head: string): string {
  return `${name} ${bytes} ${head}`
}
