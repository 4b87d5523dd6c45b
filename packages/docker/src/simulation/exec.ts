import { idOf, type ContainerRecord, type ExecRecord, type SimulatedEngine } from './engine.ts'
import type { Replier } from './replier.ts'

const processId = 4242

/** Notes a command that is to be run in a container. */
export function createExec(engine: SimulatedEngine, container: ContainerRecord, argv: readonly string[]): ExecRecord {
  const id = idOf(`exec/${engine.execs.length}`)
  const exec: ExecRecord = { id, container, argv, exitCode: undefined, kill: () => undefined }
  engine.execs.push(exec)
  return exec
}

/** Runs it: what it says comes framed, and `sleep` says nothing until it is killed. */
export function startExec(engine: SimulatedEngine, id: string, reply: Replier): Response {
  const exec = engine.execs.find((one) => one.id === id)
  if (exec === undefined) return reply.error(404, `No such exec instance: ${id}`)
  const { said, hangs } = outcomeOf(engine, exec)
  return reply.stream(
    new ReadableStream({
      start(controller) {
        for (const [stream, text] of said) if (text !== '') controller.enqueue(frame(stream, text))
        if (!hangs) return controller.close()
        exec.kill = () => {
          exec.exitCode = 137
          controller.close()
        }
      },
    }),
  )
}

interface Outcome {
  said: [1 | 2, string][]
  hangs: boolean
}

function outcomeOf(engine: SimulatedEngine, exec: ExecRecord): Outcome {
  const [program, flag, , , limit] = exec.argv
  const isScript = program === 'sh' && flag === '-c'
  // Only a wrapped command has a limit before it and words after it.
  if (isScript && limit !== undefined && exec.argv.length > 5) {
    const inner = wordsOf(engine, exec, exec.argv.slice(5))
    return { ...inner, said: [[1, `${processId}\n`], ...inner.said] }
  }
  if (isScript && limit === String(processId)) {
    for (const other of engine.execs) if (other !== exec && other.container === exec.container) other.kill()
    return end(exec, 0)
  }
  return isScript && exec.argv[2] === ':' ? end(exec, 0) : wordsOf(engine, exec, exec.argv)
}

function wordsOf(_: SimulatedEngine, exec: ExecRecord, argv: readonly string[]): Outcome {
  const known = exec.container.given.commands?.[argv.join(' ')]
  if (known !== undefined) return end(exec, known.exitCode ?? 0, [1, lineOf(known.stdout)], [2, lineOf(known.stderr)])
  const [program = '', ...rest] = argv
  if (program === 'sleep') return { said: [], hangs: true }
  return program === 'echo' ? end(exec, 0, [1, `${rest.join(' ')}\n`]) : end(exec, 127, [2, `sh: ${program}: not found\n`])
}

function end(exec: ExecRecord, exitCode: number, ...said: Outcome['said']): Outcome {
  exec.exitCode = exitCode
  return { said, hangs: false }
}

function lineOf(text: string | undefined): string {
  return text === undefined ? '' : `${text}\n`
}

function frame(stream: 1 | 2, text: string): Uint8Array {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}
