import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ToolError } from '@rackwarden/core'
import type { Terminal } from './terminal.ts'

/** Asks the person at a terminal; questions go to stderr, since stdout may be kept. */
export function createPrompt(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Required<Terminal>['ask'] {
  let hides = false
  let isOver = false
  // Lines typed or pasted ahead of their question are its answer.
  const ahead: string[] = []
  let waiting: { answer: (line: string) => void; end: () => void } | undefined
  const shown = new Writable({
    write(chunk: Buffer, _, done) {
      if (!hides) output.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input, output: shown, terminal: true, historySize: 0 })
  lines.on('line', (line) => {
    const asked = waiting
    waiting = undefined
    if (asked === undefined) ahead.push(line)
    else asked.answer(line)
  })
  lines.on('SIGINT', () => lines.close())
  lines.on('close', () => {
    isOver = true
    waiting?.end()
  })

  return async (question, { hidden = false } = {}) => {
    const early = ahead.shift()
    if (early !== undefined) {
      output.write(`${question}${hidden ? '' : early}\n`)
      return early
    }
    if (hidden) output.write(question)
    try {
      return await new Promise<string>((answer, reject) => {
        const end = () => reject(new ToolError('denied', 'Ended by you.', { hint: 'Run the command again when you like.' }))
        if (isOver) return end()
        waiting = { answer, end }
        lines.setPrompt(hidden ? '' : question)
        // What is typed is echoed the same way as the question.
        hides = hidden
        lines.prompt()
      })
    } finally {
      waiting = undefined
      hides = false
      if (hidden) output.write('\n')
    }
  }
}
