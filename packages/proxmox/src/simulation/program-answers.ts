import type { GuestRecord } from './cluster.ts'
import { agentOf } from './guest-answers.ts'
import { need, Refused, type Answer } from './replies.ts'
import type { SimulatedProgram } from './world.ts'

/** What a pretend guest makes of a command. */
function programFor(guest: GuestRecord, argv: readonly string[]): SimulatedProgram | undefined {
  const [name = '', ...rest] = argv
  const { programs = {} } = guest.given
  const line = argv.join(' ')
  const own = programs[`${guest.inside}: ${line}`] ?? programs[line] ?? programs[name]
  if (own !== undefined) return own
  const usual: Readonly<Record<string, () => SimulatedProgram>> = {
    hostname: () => ({ out: `${guest.name}\n` }),
    echo: () => ({ out: `${rest.join(' ')}\n` }),
    true: () => ({}),
    false: () => ({ code: 1 }),
    sleep: () => ({ seconds: Number(rest[0] ?? 1) }),
    uname: () => ({ out: 'Linux 6.12.48+deb13-amd64\n' }),
    systemctl: () => ({ out: 'active\n' }),
    cat: () => (rest.length === 1 ? { out: `${rest[0]}\n` } : { code: 1, error: 'cat: no such file\n' }),
  }
  return Object.hasOwn(usual, name.slice(name.lastIndexOf('/') + 1)) ? usual[name.slice(name.lastIndexOf('/') + 1)]?.() : undefined
}

/** Programs the agent of a guest runs. */
export const programAnswers: Readonly<Record<string, Answer>> = {
  'POST /nodes/{node}/qemu/{vmid}/agent/exec': (asked) => {
    const { cluster, fields, parts } = asked
    need(asked, `/vms/${parts[1]}`, cluster.release >= 9 ? 'VM.GuestAgent.Unrestricted' : 'VM.Monitor')
    const guest = agentOf(asked)
    const argv = fields.getAll('command')
    const program = programFor(guest, argv)
    if (program === undefined)
      throw new Refused(
        500,
        `Agent error: Guest agent command failed, error was 'Failed to execute child process "${argv[0]}" (No such file or directory)'`,
      )
    const pid = cluster.pid()
    guest.inside = program.leaves ?? guest.inside
    cluster.programs.set(pid, { guest: guest.id, looks: Math.ceil(program.seconds ?? 0), program })
    return { pid }
  },
  'GET /nodes/{node}/qemu/{vmid}/agent/exec-status': (asked) => {
    const { cluster, fields, parts } = asked
    need(asked, `/vms/${parts[1]}`, cluster.release >= 9 ? 'VM.GuestAgent.Unrestricted' : 'VM.Monitor')
    const guest = agentOf(asked)
    const pid = Number(fields.get('pid'))
    const running = cluster.programs.get(pid)
    if (running === undefined || running.guest !== guest.id)
      throw new Refused(500, `Agent error: Guest agent command failed, error was 'PID ${pid} does not exist'`)
    running.looks -= 1
    if (running.looks >= 0) return { exited: 0 }
    // What was told once is forgotten.
    cluster.programs.delete(pid)
    const { out, error, code = 0, truncated } = running.program
    return {
      exited: 1,
      exitcode: code,
      ...(out === undefined ? {} : { 'out-data': out }),
      ...(error === undefined ? {} : { 'err-data': error }),
      ...(truncated === true && { 'out-truncated': 1 }),
    }
  },
}
