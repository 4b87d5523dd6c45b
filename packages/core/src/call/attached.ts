import type { Content } from './content.ts'
import type { CallResult } from './result.ts'

/** What is attached to one result, as it is sent: more than this is named and left out. */
const mostBytes = 8 * 1024 * 1024

/** A result with what was attached to it meanwhile, behind its text. */
export function withAttached(result: CallResult, attached: readonly Content[]): CallResult {
  if (attached.length === 0 || (result.kind !== 'done' && result.kind !== 'error')) return result
  const left: string[] = []
  let bytes = 0
  const shown = attached.filter((block) => {
    const size = sizeOf(block)
    const fits = bytes + size <= mostBytes
    if (fits) bytes += size
    else
      left.push(`${block.type} of ${Math.ceil(size / 1024)} KiB left out: more than ${mostBytes / 1024 / 1024} MiB are not sent at once.`)
    return fits
  })
  const text = [result.text, ...left].join('\n')
  return { ...result, text, content: [{ type: 'text', text }, ...shown] }
}

function sizeOf(block: Content): number {
  return Object.values(block).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
}
