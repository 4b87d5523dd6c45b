import { ToolError, type Service, type Setup, type SetupProof, type Tier } from '@rackwarden/core'
import { withClient, type Runtime } from '@rackwarden/core/runtime'

const limitMs = 30_000

/** Holds a token to its tier, at its target. */
export async function proofOf(
  service: Service,
  setup: Setup,
  { values, tier }: { values: Readonly<Record<string, unknown>>; tier: Tier },
  runtime: Runtime,
): Promise<SetupProof> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  return withClient(service, given, runtime, async (client) =>
    setup.prove(client, tier, { instance: 'default', signal: AbortSignal.timeout(limitMs) }),
  )
}

/** Why a token is not one of its tier; undefined where it is exactly that. */
export function flawOf({ missing, beyond, calls }: SetupProof, tier: Tier): ToolError | undefined {
  const accepted = calls.filter(({ isRefused }) => !isRefused)
  const accepts = accepted.map(({ call, said }) => `THE TARGET DID NOT REFUSE to ${call} (${said})`)
  const flaws = [
    ...accepts,
    ...(beyond.length === 0 ? [] : [`it has more than ${tier} needs: ${some(beyond)}`]),
    ...(missing.length === 0 ? [] : [`it lacks ${some(missing)}`]),
  ]
  if (flaws.length === 0) return undefined
  return new ToolError(
    accepted.length > 0 || beyond.length > 0 ? 'denied' : 'forbidden',
    `The token is not one of the tier ${tier}: ${flaws.join('; ')}.`,
    {
      hint:
        accepts.length > 0
          ? 'Nobody may use a token that can do more than its tier. Has its user, or a group of it, other rights there?'
          : 'Has its user, or a group of it, other rights there, or NoAccess on some of it?',
    },
  )
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ')
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown
}

/** What was proven, a line each. */
export function provenLines({ calls }: SetupProof): string[] {
  return calls.map(({ call, said }) => `  refused there: to ${call} (${said.replace(/\.$/, '')})`)
}
