import { hideInCommand } from '@rackwarden/core'
import { z } from 'zod'
import { dependenciesOf, detailHealthOf, imageName, lastProbe, oneLine, projectOf, serviceOf, shortId, timeOf } from '../container-facts.ts'
import type { ContainerDetail } from '../engine-schema.ts'
import { findContainer } from '../find-container.ts'
import { hideInLabel } from '../hide-secrets.ts'
import { mebibytes } from '../numbers.ts'
import { containerInput, defineTool } from './define-tool.ts'

/** Shows one container whole. */
export const getContainer = defineTool({
  name: 'get_container',
  title: 'Look at a container',
  description: 'Inspect one container: state, exit code, failed health probe, image, ports, mounts, networks, variable names.',
  access: 'observe',
  toolset: 'containers',
  input: z.object({ container: containerInput }),
  output: z.object({
    name: z.string().describe('Name.'),
    id: z.string().describe('First digits of the id.'),
    state: z.string().describe('What the engine says it does.'),
    health: z.string().optional().describe('What its health check says; absent where it has none.'),
    health_output: z.string().optional().describe('What the last failed probe printed, or the last one.'),
    failing_probes: z.number().optional().describe('Probes failed in a row.'),
    exit_code: z.number().optional().describe('How it ended, where it is not running.'),
    out_of_memory: z.boolean().optional().describe('True where the kernel killed it for its memory.'),
    error: z.string().optional().describe('Why the engine could not start it.'),
    started_at: z.string().optional().describe('Time of the last start.'),
    finished_at: z.string().optional().describe('Time of the last end.'),
    restarts: z.number().describe('Times the engine restarted it by itself.'),
    restart_policy: z.string().describe('When the engine restarts it.'),
    image: z.string().describe('Image.'),
    image_id: z.string().describe('First digits of the image id.'),
    command: z.string().describe('What it runs.'),
    project: z.string().optional().describe('Compose project.'),
    service: z.string().optional().describe('Compose service.'),
    depends_on: z.array(z.string()).optional().describe('Compose services it is started after.'),
    memory_limit_mib: z.number().optional().describe('Most memory it may use; absent where there is no limit.'),
    network_mode: z.string().describe('How it is networked.'),
    networks: z
      .array(
        z.object({
          name: z.string().describe('Network.'),
          address: z.string().optional().describe('Address in it.'),
          mac: z.string().optional().describe('Hardware address in it.'),
          aliases: z.string().optional().describe('Other names it answers to.'),
        }),
      )
      .describe('Networks it is in.'),
    ports: z.array(z.string()).describe('Published ports: outside → inside.'),
    mounts: z.array(z.string()).describe('What is mounted: source → path.'),
    environment_names: z.array(z.string()).describe('Names of its variables; values are withheld.'),
    labels: z.record(z.string(), z.string()).describe('Labels, without those of compose and the image.'),
  }),
  untrusted: true,
  async run({ container }, { client, signal }) {
    const { Id } = findContainer(await client.containers(signal), container)
    return describe(await client.inspect(Id, signal))
  },
})

function describe(detail: ContainerDetail) {
  const { State, HostConfig, Config, NetworkSettings } = detail
  const health = detailHealthOf(detail)
  const isDown = State.Status !== 'running' && State.Status !== 'paused'
  const dependencies = dependenciesOf(Config)
  return {
    name: detail.Name.replace(/^\//, ''),
    id: shortId(detail.Id),
    state: State.Status,
    health: health === 'none' ? undefined : health,
    health_output: health === 'none' ? undefined : lastProbe(detail) || undefined,
    failing_probes: health === 'unhealthy' ? State.Health?.FailingStreak : undefined,
    exit_code: isDown && State.Status !== 'created' ? State.ExitCode : undefined,
    out_of_memory: State.OOMKilled === true ? true : undefined,
    error: oneLine(State.Error) || undefined,
    started_at: timeOf(State.StartedAt),
    finished_at: timeOf(State.FinishedAt),
    restarts: detail.RestartCount,
    restart_policy: restartPolicyOf(detail),
    image: imageName(Config.Image),
    image_id: shortId(detail.Image),
    command: oneLine(hideInCommand([detail.Path, ...detail.Args]).join(' '), 300),
    project: projectOf(Config),
    service: serviceOf(Config),
    depends_on: dependencies.length > 0 ? dependencies : undefined,
    memory_limit_mib: HostConfig.Memory > 0 ? mebibytes(HostConfig.Memory) : undefined,
    network_mode: HostConfig.NetworkMode.replace(/^(container:[0-9a-f]{12})[0-9a-f]+$/, '$1'),
    networks: Object.entries(NetworkSettings.Networks).map(([name, network]) => ({
      name,
      address: network.IPAddress || network.GlobalIPv6Address || undefined,
      mac: network.MacAddress || undefined,
      aliases: network.Aliases.filter((alias) => !detail.Id.startsWith(alias)).join(', ') || undefined,
    })),
    ports: portsOf(detail),
    mounts: detail.Mounts.map(
      ({ Type, Name, Source, Destination, RW }) => `${Name || Source || Type} → ${Destination}${RW === false ? ' (read-only)' : ''}`,
    ),
    environment_names: Config.Env.map((entry) => entry.split('=')[0] ?? '').toSorted(),
    labels: labelsOf(Config.Labels),
  }
}

/** When the engine restarts the container by itself, in words of the engine. */
export function restartPolicyOf({ HostConfig: { RestartPolicy } }: ContainerDetail): string {
  const name = RestartPolicy?.Name || 'no'
  return name === 'on-failure' && RestartPolicy != null && RestartPolicy.MaximumRetryCount > 0
    ? `${name}:${RestartPolicy.MaximumRetryCount}`
    : name
}

function portsOf({ NetworkSettings }: ContainerDetail): string[] {
  const lines = Object.entries(NetworkSettings.Ports).flatMap(([inside, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => {
      const isEverywhere = HostIp === '' || HostIp === '0.0.0.0' || HostIp === '::'
      return `${isEverywhere ? '' : `${HostIp}:`}${HostPort} → ${inside}`
    }),
  )
  return [...new Set(lines)]
}

const mostLabels = 20

function labelsOf(labels: Record<string, string>): Record<string, string> {
  const telling = Object.entries(labels).filter(
    ([name]) => !/^(?:com\.docker\.compose\.|desktop\.docker\.|org\.opencontainers\.image\.|org\.label-schema\.)/.test(name),
  )
  const shown = telling.slice(0, mostLabels).map(([name, value]) => [name, oneLine(hideInLabel(name, value), 100)])
  if (telling.length > mostLabels) shown.push(['…', `${telling.length - mostLabels} more`])
  return Object.fromEntries(shown) as Record<string, string>
}
