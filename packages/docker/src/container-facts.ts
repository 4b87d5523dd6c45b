import type { ContainerDetail, ContainerSummary } from './engine-schema.ts'

/** What a health check says; `none` where there is none, or nothing runs. */
export type HealthStatus = 'healthy' | 'unhealthy' | 'starting' | 'none'

type Labelled = { Labels: Record<string, string> }

/** The name a person knows a container by. */
export function nameOf({ Names, Id }: Pick<ContainerSummary, 'Names' | 'Id'>): string {
  // Legacy links show as /other/alias beside the container's own name.
  const own = Names.find((name) => name.lastIndexOf('/') === 0) ?? Names[0]
  return own === undefined ? shortId(Id) : own.replace(/^\//, '')
}

/** The first twelve digits of an id, as the Docker CLI shows it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}

/** The image without its digest; a bare id shortened. */
export function imageName(image: string): string {
  return image.startsWith('sha256:') || /^[0-9a-f]{64}$/.test(image) ? shortId(image) : image.replace(/@sha256:[0-9a-f]+$/, '')
}

/** The compose project a container belongs to. */
export function projectOf({ Labels }: Labelled): string | undefined {
  return Labels['com.docker.compose.project']
}

/** The compose service a container runs. */
export function serviceOf({ Labels }: Labelled): string | undefined {
  return Labels['com.docker.compose.service']
}

/** The compose services a container is started after. */
export function dependenciesOf({ Labels }: Labelled): string[] {
  const label = Labels['com.docker.compose.depends_on'] ?? ''
  return label
    .split(',')
    .map((entry) => entry.split(':')[0]?.trim() ?? '')
    .filter((service) => service !== '')
}

/** What the health check of a listed container says; engines before API 1.52 tell it in the status text only. */
export function healthOf({ Health, Status, State }: Pick<ContainerSummary, 'Health' | 'Status' | 'State'>): HealthStatus {
  const told = Health?.Status ?? ''
  return asHealth(State, told === '' ? /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(Status)?.[1] : told)
}

/** What the health check of an inspected container says. */
export function detailHealthOf({ State }: Pick<ContainerDetail, 'State'>): HealthStatus {
  return asHealth(State.Status, State.Health?.Status)
}

/** The exit code in the status text of a listed container that is down, or going round. */
export function exitCodeOf({ Status }: Pick<ContainerSummary, 'Status'>): number | undefined {
  const code = /^(?:Exited|Restarting) \((\d+)\)/.exec(Status)?.[1]
  return code === undefined ? undefined : Number(code)
}

/** The last answer of the health check that failed, or of the last one. */
export function lastProbe({ State }: Pick<ContainerDetail, 'State'>): string {
  const log = State.Health?.Log ?? []
  const failed = log.findLast(({ ExitCode }) => ExitCode !== 0)
  return oneLine((failed ?? log.at(-1))?.Output ?? '')
}

/** Text of several lines as one, cut to a length a row can hold. */
export function oneLine(text: string, length = 200): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

/** A time to the second; nothing where it never came, which Go writes as the year 1. */
export function timeOf(time: string | undefined): string | undefined {
  return time === undefined || time === '' || time.startsWith('0001-') ? undefined : time.replace(/\.\d+/, '')
}

/** True where the container's processes are meant to be there: a crash loop is up and down by turns. */
export function isUp(state: string): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused'
}

/** Sorts a listed container by how much it needs attention, worst first. */
export function troubleOf(container: ContainerSummary): number {
  const { State } = container
  if (State === 'dead' || State === 'restarting') return 0
  if (healthOf(container) === 'unhealthy') return 1
  if (State === 'exited' && exitCodeOf(container) !== 0) return 2
  if (State === 'paused' || State === 'removing') return 3
  if (healthOf(container) === 'starting') return 4
  return State === 'running' ? 5 : 6
}

// The verdict on what has ended since stays behind in the engine.
function asHealth(state: string, status: string | undefined): HealthStatus {
  const isJudged = (state === 'running' || state === 'paused') && (status === 'healthy' || status === 'unhealthy' || status === 'starting')
  return isJudged ? status : 'none'
}
