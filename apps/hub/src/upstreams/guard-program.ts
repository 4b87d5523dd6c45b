/**
 * What the guard runs, in a process of its own: it is passed on as text, so it uses nothing from outside itself.
 * It reads lines, `+<pid> <mark>` for a program that was started and `-<pid> <mark>` for one that ended, and at the end
 * of its input, which is the end of the hub, lets nothing live on of what was started: not the groups of the programs,
 * and on Linux not what left its group either, for it inherited the mark.
 */
export function guard(variable: string): void {
  const { readdirSync, readFileSync } = process.getBuiltinModule('node:fs')
  const programs = new Map<string, string>()
  const graceMs = 1_500
  let rest = ''

  const signal = (pid: string, name: NodeJS.Signals | 0) => {
    try {
      return process.kill(Number(pid), name)
    } catch {
      return false
    }
  }

  const marked = (marks: readonly string[]) => {
    const found: string[] = []
    try {
      for (const pid of readdirSync('/proc')) {
        if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
        try {
          const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
          if (marks.some((mark) => environment.includes(`${variable}=${mark}`))) found.push(pid)
        } catch {
          // It is gone, or another user's.
        }
      }
    } catch {
      // Only Linux tells.
    }
    return found
  }

  // What is started while it is looked for is found by the next look.
  const sweep = (marks: readonly string[], looks = 20) => {
    const found = marks.length === 0 ? [] : marked(marks)
    for (const pid of found) signal(pid, 'SIGKILL')
    if (found.length > 0 && looks > 0) setTimeout(() => sweep(marks, looks - 1), 20)
  }

  const read = (line: string) => {
    const [pid = '', mark = ''] = line.slice(1).split(' ')
    if (!/^\d+$/.test(pid) || Number(pid) < 2) return
    if (line.startsWith('+')) programs.set(pid, mark)
    else {
      programs.delete(pid)
      signal(`-${pid}`, 'SIGKILL')
      sweep([mark])
    }
  }

  const endAll = () => {
    for (const pid of programs.keys()) signal(`-${pid}`, 'SIGTERM')
    const finish = () => {
      for (const pid of programs.keys()) signal(`-${pid}`, 'SIGKILL')
      sweep([...programs.values()])
    }
    const began = Date.now()
    const wait = () => {
      const alive = [...programs.keys()].some((pid) => signal(`-${pid}`, 0))
      if (alive && Date.now() - began < graceMs) setTimeout(wait, 20)
      else finish()
    }
    wait()
  }

  // Whoever ends the hub with a signal to its whole session means the hub: this goes when its work is done.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
  process.stdin.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) read(line)
  })
  process.stdin.on('end', endAll)
  process.stdin.on('error', endAll)
}
