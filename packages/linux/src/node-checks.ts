import { gibibytes } from './amounts.ts'
import { checkOf, type Check } from './check.ts'
import { networkOf, type Interface } from './network.ts'
import type { System } from './system.ts'
import { targetOf } from './targets.ts'
import { judged, worst, type Verdict } from './verdict.ts'

const clockLimitSeconds = 2
const sharedClocks = /^(?:lxc|lxc-libvirt|openvz|docker|podman|systemd-nspawn|container-other|wsl)$/

/** Judges load, memory, heat, clock and network of a host. */
export function nodeChecks(system: System, interfaces: readonly Interface[], instance: string): Check[] {
  const target = targetOf(instance, 'host', system.hostname)
  const next = { tool: 'get_host_info', input: {} }
  const about = (id: string, title: string) => () => ({ target, id, title: `${system.hostname}: ${title}`, next })
  return [
    checkOf(loadCheck(system), about('load', 'more work than processors')),
    checkOf(memoryCheck(system), about('memory', 'memory is nearly used up')),
    ...(system.temperatures.length > 0 ? [checkOf(heatCheck(system), about('temperature', 'too hot'))] : []),
    checkOf(clockCheck(system), about('clock', 'the clock is off')),
    ...networkChecks(interfaces, instance),
  ]
}

function loadCheck({ load, cpus, pressure }: System): Omit<Check, 'finding'> {
  const [one, five, fifteen] = load
  const waiting = pressure.cpu === undefined ? '' : `, processors waited for ${pressure.cpu} % of a minute`
  return {
    section: 'node',
    probe: 'load',
    verdict: judged(five / cpus, { warn: 1.5, crit: 4 }),
    evidence: `${one} ${five} ${fifteen} on ${cpus} processors${waiting}`,
  }
}

function memoryCheck({ memory, pressure }: System): Omit<Check, 'finding'> {
  const free = memory.total === 0 ? 100 : Math.round((memory.available / memory.total) * 100)
  const swapUsed = memory.swapTotal - memory.swapFree
  const verdicts: Verdict[] = [judged(100 - free, { warn: 92, crit: 97 }), judged(pressure.memory ?? 0, { warn: 15, crit: 50 })]
  return {
    section: 'node',
    probe: 'memory',
    verdict: worst(verdicts),
    evidence: [
      `${gibibytes(memory.available)} of ${gibibytes(memory.total)} GiB available (${free} %)`,
      memory.swapTotal === 0 ? 'no swap' : `swap ${gibibytes(swapUsed)} of ${gibibytes(memory.swapTotal)} GiB`,
      ...(pressure.memory === undefined ? [] : [`work stalled for ${pressure.memory} % of a minute`]),
    ].join(', '),
  }
}

function heatCheck({ temperatures }: System): Omit<Check, 'finding'> {
  const judgedOnes = temperatures.map(({ sensor, celsius, critical = 100 }) => ({
    verdict: judged(celsius, { warn: critical - 8, crit: critical }),
    words: `${sensor} ${celsius} °C${critical === 100 ? '' : ` of ${critical}`}`,
    celsius,
  }))
  const hottest = judgedOnes.toSorted((first, second) => second.celsius - first.celsius)
  const bad = hottest.filter(({ verdict }) => verdict !== 'ok')
  return {
    section: 'node',
    probe: 'temperature',
    verdict: worst(judgedOnes.map(({ verdict }) => verdict)),
    evidence: (bad.length > 0 ? bad : hottest.slice(0, 1)).map(({ words }) => words).join(', '),
  }
}

function clockCheck({ clock: { offsetSeconds, synchronised }, virtualization }: System): Omit<Check, 'finding'> {
  const isOff = Math.abs(offsetSeconds) > clockLimitSeconds
  // A container has the clock of its host, and nothing of its own to keep it right.
  const isKept = synchronised !== false || sharedClocks.test(virtualization ?? '')
  return {
    section: 'node',
    probe: 'clock',
    verdict: isOff || !isKept ? 'warn' : 'ok',
    evidence: [
      isOff ? `${Math.abs(offsetSeconds)} s ${offsetSeconds < 0 ? 'behind' : 'ahead of'} ours` : 'agrees with ours',
      synchronised === undefined ? 'nothing says whether it is synchronised' : synchronised ? 'synchronised' : 'not synchronised',
    ].join(', '),
  }
}

function networkChecks(interfaces: readonly Interface[], instance: string): Check[] {
  const input = { tool: 'get_interfaces', input: {} }
  const up = interfaces.filter(({ kind, state }) => kind !== 'loopback' && kind !== 'veth' && state === 'up')
  const networks = new Map<string, Interface[]>()
  for (const own of up)
    for (const network of new Set(own.addresses.flatMap((address) => networkOf(address) ?? [])))
      networks.set(network, [...(networks.get(network) ?? []), own])
  const differing = [...networks].filter(([, members]) => new Set(members.map(({ mtu }) => mtu)).size > 1)
  const half = up.filter(({ duplex }) => duplex === 'half')
  const sick = up.filter(({ errors }) => errors.crc > 100)
  const troubles = [
    ...half.map(({ name, speed }) => `${name} runs half duplex at ${speed ?? '?'} Mbit/s`),
    ...sick.map(({ name, errors }) => `${name} received ${errors.crc} damaged frames`),
  ]
  const [worstLink] = [...half, ...sick]
  return [
    ...differing.map(([network, members]) =>
      checkOf(
        {
          section: 'node',
          probe: `MTU of ${network}`,
          verdict: 'warn',
          evidence: members.map(({ name, mtu }) => `${name} ${mtu}`).join(', '),
        },
        () => ({
          target: targetOf(instance, 'network', network),
          id: 'mtu',
          title: `Differing MTUs on ${network}`,
          stake: 'reach',
          next: input,
        }),
      ),
    ),
    checkOf(
      {
        section: 'node',
        probe: 'interfaces',
        verdict: troubles.length > 0 ? 'warn' : 'ok',
        evidence:
          troubles.length > 0
            ? troubles.join(', ')
            : up.map(({ name, speed }) => `${name} up${speed === undefined ? '' : ` ${speed} Mbit/s`}`).join(', ') || 'none up',
      },
      () => ({
        target: targetOf(instance, 'interface', worstLink?.name ?? ''),
        id: 'link',
        title: `The link of ${worstLink?.name ?? ''} is poor`,
        next: input,
      }),
    ),
  ]
}
