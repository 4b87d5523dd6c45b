import { ToolError, type ErrorCode } from './error.ts'
import { didYouMean } from './nearest-names.ts'

/** Tools of a service that are wanted together. */
export interface Toolset {
  /** What they are for, in one sentence. */
  description: string
  /** False where they are listed only when somebody asks for them. */
  byDefault?: boolean
}

/** Names of toolsets, by service. */
export type Toolsets = Readonly<Record<string, readonly string[]>>

/** The toolsets of services in the form they are asked for: `docker.images`. */
export function toolsetNames(services: readonly { name: string; toolsets?: Readonly<Record<string, Toolset>> }[]): string[] {
  return services.flatMap(({ name, toolsets = {} }) => Object.keys(toolsets).map((toolset) => `${name}.${toolset}`))
}

/** Reads toolsets in one line (`docker.images,linux.units`) of those there are; where one service is meant, its name may be missing. */
export function toolsetsOf(text: string, known: readonly string[], service: string | undefined, code: ErrorCode): Toolsets {
  const wanted = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => (service === undefined || entry.includes('.') ? entry : `${service}.${entry}`))
  const unknown = wanted.find((entry) => !known.includes(entry))
  if (unknown !== undefined || wanted.length === 0)
    throw new ToolError(
      code,
      unknown === undefined ? 'No toolset is named.' : `There is no toolset '${unknown}'.${didYouMean(unknown, known)}`,
      {
        hint: known.length === 0 ? 'Nothing here has toolsets.' : `The toolsets are: ${known.join(', ')}.`,
      },
    )
  const chosen = [...new Set(wanted)].toSorted().map((entry) => entry.split('.') as [string, string])
  return Object.fromEntries(
    [...new Set(chosen.map(([of]) => of))].map((of) => [of, chosen.filter(([other]) => other === of).map(([, toolset]) => toolset)]),
  )
}
