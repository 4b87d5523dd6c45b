import { ToolError } from '../define/error.ts'

/** Where a line stands among those of all files, newest first; it stays there while lines are added. */
export interface AuditPosition {
  /** When it was written, or the next line of its file where the clock was set back in between; milliseconds. */
  time: number
  sequence: number
  file: string
}

/** A position as text, for whoever asks for the lines behind it. */
export function cursorOf({ time, sequence, file }: AuditPosition): string {
  return `${time.toString(36)}.${sequence.toString(36)}.${file.replace(/\.jsonl$/, '')}`
}

/** The position a text stands for; refused where it was not made here. */
export function positionIn(cursor: string): AuditPosition {
  const [, time, sequence, file] = /^([0-9a-z]{1,10})\.([0-9a-z]{1,10})\.([\w-]{1,100})$/.exec(cursor) ?? []
  if (time === undefined || sequence === undefined)
    throw new ToolError('invalid_input', `'${cursor.slice(0, 100)}' is not a cursor.`, {
      hint: 'Take `next_cursor` of the answer before, unchanged.',
    })
  return { time: Number.parseInt(time, 36), sequence: Number.parseInt(sequence, 36), file: `${file}.jsonl` }
}

/** Whether the first stands before the second in a list that begins with the newest. */
export function isNewer(first: AuditPosition, second: AuditPosition): boolean {
  if (first.time !== second.time) return first.time > second.time
  return first.sequence === second.sequence ? first.file > second.file : first.sequence > second.sequence
}
