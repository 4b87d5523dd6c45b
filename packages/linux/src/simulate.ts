import {
  ToolError,
  type Connection,
  type ExecOptions,
  type ExecResult,
  type SimulatedInstance,
  type Simulate,
  type Simulation,
} from '@rackwarden/core'
import { partsOf } from './script.ts'
import { launcher } from './command.ts'
import { applyAnswer, commandAnswer, followAnswer, foretoldAnswer, identityAnswer, restartAnswer } from './simulation/admin-answers.ts'
import { PretendHost } from './simulation/host.ts'
import { networkAnswer, probeAnswer, rebootAnswer, systemAnswer, updatesAnswer } from './simulation/node-answers.ts'
import { printSections, type Printed } from './simulation/printed.ts'
import { disksAnswer, poolsAnswer, storageAnswer } from './simulation/storage-answers.ts'
import { failuresAnswer, journalAnswer, managerAnswer, unitAnswer, unitsAnswer } from './simulation/unit-answers.ts'
import { defaultWorld, type LinuxWorld } from './simulation/world.ts'

/** Makes pretend hosts; they run no shell, but answer each part of our own scripts the way a host's shell would print it. */
const simulate: Simulate = (world): Simulation => {
  const { now = '2026-06-01T09:00:00Z', hosts } = (world as LinuxWorld | undefined) ?? defaultWorld
  const all = Object.entries(hosts).map(([name, given]) => [name, new PretendHost(given, Date.parse(now))] as const)
  const instances = Object.fromEntries(all.map(([name, host]) => [name, instanceOf(host)]))
  const [first] = Object.values(instances)
  if (first === undefined) throw new TypeError('A pretend lab has at least one host.')
  return {
    ...first,
    ...(all.length === 1 && 'default' in instances ? {} : { instances }),
    snapshot: () =>
      Object.fromEntries(
        all.map(([name, { units, updates, removed, boots }]) => [
          name,
          { units: units.map(({ given, active, enabled }) => ({ name: given.name, active, enabled })), updates, removed, boots },
        ]),
      ),
  }
}

export default simulate

function instanceOf(host: PretendHost): SimulatedInstance {
  const { sudoPassword } = host.given
  return {
    config: {
      url: 'local',
      ...(sudoPassword === undefined ? { sudo: 'passwordless' } : { sudo: 'password', sudoPassword }),
    },
    connection: connectionTo(host),
  }
}

function connectionTo(host: PretendHost): Connection {
  const refuse = () => Promise.reject(new ToolError('invalid_config', 'A simulated host only runs scripts.', { hint: 'Use exec.' }))
  return { fetch: refuse, dial: refuse, exec: (argv, options = {}) => answer(host, argv, options) }
}

// Async, so that what goes wrong rejects as it would on the wire.
async function answer(host: PretendHost, argv: readonly string[], { stdin, signal }: ExecOptions): Promise<ExecResult> {
  signal?.throwIfAborted()
  const input = typeof stdin === 'string' ? stdin : new TextDecoder().decode(stdin)
  const isCommand = argv[2] === launcher
  const elevation = isCommand ? argv[4] : argv.includes('sudo') ? (argv.includes('-S') ? 'password' : 'passwordless') : 'none'
  const asRoot = elevation !== 'none'
  const password = elevation === 'password' ? input.slice(0, input.indexOf('\n')) : ''
  if (asRoot && host.given.sudoPassword !== undefined && password !== host.given.sudoPassword)
    return failed(elevation === 'passwordless' ? 'sudo: a password is required' : 'sudo: 3 incorrect password attempts')
  if (isCommand) return commandAnswer(host, argv.slice(3), input)
  // Our own parameters come last: behind the shell's name where a command line was needed, else behind the dashes.
  const start = argv.includes('-c') ? argv.lastIndexOf('sh') + 1 : argv.lastIndexOf('--') + 1
  const [mark = '', , ...parameters] = argv.slice(start)
  const printed: Printed = Object.assign({}, ...partsOf(input).map((part) => partAnswer(host, part, { asRoot, parameters })))
  return { exitCode: 0, stdout: printSections(mark, printed), stderr: '', truncated: false }
}

interface Asked {
  asRoot: boolean
  parameters: readonly string[]
}

function partAnswer(host: PretendHost, part: string, { asRoot, parameters }: Asked): Printed {
  switch (part) {
    case 'system':
      return systemAnswer(host, asRoot)
    case 'storage':
      return storageAnswer(host)
    case 'network':
      return networkAnswer(host)
    case 'disks':
      return disksAnswer(host)
    case 'pools':
      return poolsAnswer(host)
    case 'manager':
      return managerAnswer(host)
    case 'failures':
      return failuresAnswer(host)
    case 'units':
      return unitsAnswer(host)
    case 'unit':
      return unitAnswer(host, parameters.at(-1) ?? '')
    case 'journal':
      return journalAnswer(host, parameters)
    case 'act': {
      const { said, code } = host.act(parameters[0] ?? '', parameters[1] ?? '')
      return { 'act:said': said, 'act:code': String(code) }
    }
    case 'updates':
      return updatesAnswer(host)
    case 'reboot':
      return rebootAnswer(host)
    case 'identity':
      return identityAnswer(host, asRoot)
    case 'restart':
    case 'readiness':
    case 'tenants':
      return restartAnswer(host, part)
    case 'foretold':
      return foretoldAnswer(host, parameters)
    case 'apply':
      return applyAnswer(host, parameters)
    case 'follow':
      return followAnswer()
    case 'forget':
      return {}
    case 'tcp':
    case 'http':
      return probeAnswer(host, part, parameters)
    default:
      throw new TypeError(`A pretend host does not know the part '${part}'.`)
  }
}

function failed(stderr: string): ExecResult {
  return { exitCode: 1, stdout: '', stderr: `${stderr}\n`, truncated: false }
}
