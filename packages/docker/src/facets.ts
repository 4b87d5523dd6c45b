import type { Asset, FacetContext, Finding, Health } from '@rackwarden/core'
import type { DockerClient } from './client.ts'
import { exitCodeOf, healthOf, isUp, lastProbe, nameOf, serviceOf, shortId, timeOf } from './container-facts.ts'
import type { ContainerDetail, ContainerSummary } from './engine-schema.ts'
import { mebibytes } from './numbers.ts'
import { containerTarget, targetOf } from './targets.ts'
import { usageOf } from './usage.ts'

const memoryWarningPercent = 90
const fewRestarts = 3
const shortLifeMs = 5 * 60_000

/** Counts what runs and what ails; an engine is well even where one of its containers is not. */
export async function health(client: DockerClient, { signal }: FacetContext): Promise<Health> {
  const [info, containers, apiVersion] = await Promise.all([client.info(signal), client.containers(signal), client.apiVersion(signal)])
  const count = (holds: (container: ContainerSummary) => boolean) => containers.filter(holds).length
  const unhealthy = count((container) => container.State === 'running' && healthOf(container) === 'unhealthy')
  const restarting = count(({ State }) => State === 'restarting' || State === 'dead')
  const facts = [
    `${containers.length} containers`,
    `${count(({ State }) => State === 'running')} running`,
    ...(unhealthy > 0 ? [`${unhealthy} unhealthy`] : []),
    ...(restarting > 0 ? [`${restarting} restarting`] : []),
  ]
  return {
    ...(info.ServerVersion === '' ? {} : { version: info.ServerVersion }),
    evidence: `${facts.join(', ')}; API ${apiVersion}`,
  }
}

/** Finds containers that are unhealthy, go round, ended in error though meant to run, or are near their memory limit. */
export async function findings(client: DockerClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const containers = await client.containers(signal)
  // One that ended in order, or was only created, is told by the list.
  const worthALook = containers.filter(
    (container) => isUp(container.State) || container.State === 'dead' || (exitCodeOf(container) ?? 0) !== 0,
  )
  const found = await client.each(
    worthALook.map(({ Id }) => Id),
    async (id) => findingsOf(await client.inspect(id, signal), client, { instance, signal }),
  )
  return found.flat()
}

async function findingsOf(detail: ContainerDetail, client: DockerClient, { instance, signal }: FacetContext): Promise<Finding[]> {
  const { State, RestartCount } = detail
  const name = detail.Name.replace(/^\//, '')
  const target = containerTarget(instance, name)
  const logs = { tool: 'get_logs', input: { container: name, tail: 50 } }
  const quoted = async () => {
    const line = await client.lastLine(detail, signal)
    return line === '' ? '' : `; last line: ${line}`
  }
  if (State.Status === 'restarting' || State.Status === 'dead' || (await isInLoop(detail, client, signal)))
    return [
      {
        id: `${target}#restarting`,
        severity: 'critical',
        target,
        title: State.Status === 'dead' ? `${name} is dead` : `${name} keeps restarting`,
        evidence: `${State.Status === 'running' ? 'up again just now' : `exit code ${State.ExitCode}`}${cause(detail)}, ${RestartCount} restarts${await quoted()}`,
        next: logs,
      },
    ]
  if (State.Status === 'exited') return exited(detail, { name, target, logs, quoted })
  const found: Finding[] = []
  if (State.Status === 'running' && State.Health?.Status === 'unhealthy') {
    const since = unhealthySince(detail)
    found.push({
      id: `${target}#unhealthy`,
      severity: 'critical',
      target,
      title: `${name} is unhealthy`,
      evidence: `${State.Health.FailingStreak} probes failed in a row; last answer: ${lastProbe(detail) || '(nothing)'}`,
      ...(since === undefined ? {} : { since }),
      next: logs,
    })
  }
  return State.Status === 'running' ? [...found, ...(await nearMemoryLimit(detail, client, { name, target, signal }))] : found
}

// Between two crashes it is running like any other.
async function isInLoop({ State, RestartCount }: ContainerDetail, client: DockerClient, signal: AbortSignal): Promise<boolean> {
  if (State.Status !== 'running' || RestartCount < fewRestarts) return false
  const now = await client.now(signal)
  return now !== undefined && now - Date.parse(State.StartedAt) < shortLifeMs
}

interface About {
  name: string
  target: string
}

async function exited(
  detail: ContainerDetail,
  { name, target, logs, quoted }: About & { logs: Finding['next']; quoted: () => Promise<string> },
): Promise<Finding[]> {
  const { State, HostConfig } = detail
  const since = timeOf(State.FinishedAt)
  const policy = HostConfig.RestartPolicy?.Name || 'no'
  if (policy === 'no' || State.ExitCode === 0) return []
  const wasToldTo = (State.ExitCode === 143 || State.ExitCode === 137 || State.ExitCode === 130) && State.OOMKilled !== true
  // With `always` the engine would have started it again: somebody stopped it, or it cannot be started at all.
  const severity = policy === 'on-failure' || State.Error !== '' || State.OOMKilled === true ? 'critical' : wasToldTo ? 'notice' : 'warning'
  return [
    {
      id: `${target}#exited`,
      severity,
      target,
      title: severity === 'notice' ? `${name} is stopped though meant to run` : `${name} ended in error though meant to run`,
      evidence: `exit code ${State.ExitCode}${cause(detail)}, restart policy ${policy}${severity === 'notice' ? '' : await quoted()}`,
      ...(since === undefined ? {} : { since }),
      ...(logs === undefined ? {} : { next: logs }),
    },
  ]
}

function cause({ State }: ContainerDetail): string {
  return State.OOMKilled === true ? ' (out of memory)' : State.Error === '' ? '' : ` (${State.Error})`
}

// The engine keeps five probes: what began before them is not known.
function unhealthySince({ State }: ContainerDetail): string | undefined {
  const probes = State.Health?.Log ?? []
  const lastGood = probes.findLastIndex(({ ExitCode }) => ExitCode === 0)
  return lastGood === -1 && (State.Health?.FailingStreak ?? 0) > probes.length ? undefined : timeOf(probes[lastGood + 1]?.Start)
}

async function nearMemoryLimit(
  { Id, HostConfig }: ContainerDetail,
  client: DockerClient,
  { name, target, signal }: About & { signal: AbortSignal },
): Promise<Finding[]> {
  if (HostConfig.Memory <= 0) return []
  const { memoryBytes } = usageOf(await client.stats(Id, signal, { once: true }))
  const percent = Math.floor((memoryBytes / HostConfig.Memory) * 100)
  if (percent < memoryWarningPercent) return []
  return [
    {
      id: `${target}#memory`,
      severity: 'warning',
      target,
      title: `${name} is near its memory limit`,
      evidence: `${mebibytes(memoryBytes)} of ${mebibytes(HostConfig.Memory)} MiB, ${percent} %`,
      next: { tool: 'get_stats', input: { container: name } },
    },
  ]
}

/** Names every container with the names and addresses it is known by. */
export async function assets(client: DockerClient, { instance, signal }: FacetContext): Promise<Asset[]> {
  const [info, containers] = await Promise.all([client.info(signal), client.containers(signal)])
  const details = await client.inspectAll(
    containers.map(({ Id }) => Id),
    signal,
  )
  const engine = targetOf(instance, 'engine', info.Name)
  // In the network of another, or of the host, the hostname is that of the other.
  const own = details.filter(({ HostConfig }) => !/^(?:container:|host$)/.test(HostConfig.NetworkMode))
  const hostnames = new Map(own.map(({ Id, Config }) => [Id, Config.Hostname]))
  const found = containers.map((container): Asset => {
    const name = nameOf(container)
    const networks = Object.values(container.NetworkSettings?.Networks ?? {})
    const otherNames = [
      serviceOf(container) ?? '',
      hostnames.get(container.Id) ?? '',
      ...networks.flatMap(({ Aliases, DNSNames }) => [...Aliases, ...DNSNames]),
    ]
    const short = shortId(container.Id)
    return {
      target: containerTarget(instance, name),
      kind: 'container',
      name,
      aliases: distinct([...otherNames.filter((other) => other !== name && other !== short), short]),
      addresses: distinct(networks.flatMap(({ IPAddress, GlobalIPv6Address }) => [IPAddress, GlobalIPv6Address])),
      macs: distinct(networks.map(({ MacAddress }) => MacAddress)),
      parent: engine,
      state: container.State,
      ports: [...new Set(container.Ports.flatMap(({ PublicPort, Type }) => (Type === 'tcp' && PublicPort ? [PublicPort] : [])))],
      removal: {
        ...(container.State === 'running' ? { calls: [{ tool: 'stop_container', input: { container: name } }] } : {}),
        forGood: { tool: 'delete_container', input: { container: name } },
      },
    }
  })
  return [{ target: engine, kind: 'engine', name: info.Name, aliases: [], addresses: [], macs: [], state: 'up' }, ...found]
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '')
}
