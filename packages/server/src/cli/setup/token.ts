import { ToolError, type SetupGoal, type SetupProof, type Tier } from '@rackwarden/core'
import { setTimeout as pause } from 'node:timers/promises'
import { shown } from '../init/pin.ts'
import { agreeToTiers } from '../init/raise.ts'
import type { SetUpValues } from './entry.ts'
import { otherAddresses } from './other-addresses.ts'
import { flawOf, proofOf, provenLines } from './proof.ts'
import { configuredToken, type Scene } from './scene.ts'

const tries = 5
const pauseMs = 400

/** Whether a token was made for a tier: its name says so, also where two tiers are given the same. */
export function isOf(tier: Tier, token: string): boolean {
  return token.startsWith(`${tier}-`)
}

/** What the configured token proves; undefined where it is not one of the tier. */
export async function provenConfigured(
  { service, setup, address, entry, desk }: Scene,
  tier: Tier,
  tlsFingerprint: string | undefined,
): Promise<SetupProof | undefined> {
  try {
    const proof = await proofOf(service, setup, { values: { ...entry.values, url: address.url, tlsFingerprint }, tier }, desk.runtime)
    return flawOf(proof, tier) === undefined ? proof : undefined
  } catch (error) {
    if (ToolError.isInstance(error)) return undefined
    throw error
  }
}

/** Keeps the configured token, which was proven, and writes what else is to be written. */
export async function keepToken(
  scene: Scene,
  tier: Tier,
  proof: SetupProof,
  pinned: { tlsFingerprint: string | undefined },
): Promise<void> {
  const { terminal, user, entry, address } = scene
  const { tokenId, tokenSecret } = entry.values as Record<'tokenId' | 'tokenSecret', string>
  terminal.print(`${user}!${configuredToken(scene)} is there, and exactly what ${tier} needs.\n${provenLines(proof).join('\n')}`)
  if (entry.tier !== tier) await agree(scene, tier)
  const others = await otherAddresses(scene, { tokenId, tokenSecret, url: address.url, ...pinned })
  await entry.write({ ...entry.values, url: address.url, ...others }, tier)
}

/** Lets an owner who has a passphrase agree to the tier. */
export async function agree({ application, service, given }: Scene, tier: Tier): Promise<void> {
  await agreeToTiers(application, new Map([[service.name, tier]]), given, 'setup')
}

/** Holds a new token to its tier, and writes it down only then. */
export async function proveAndWrite(scene: Scene, tier: Tier, values: SetUpValues): Promise<void> {
  const { terminal, desk, entry } = scene
  desk.runtime.secrets.add(values.tokenSecret)
  const proof = await proven(scene, tier, values)
  terminal.print(shown(`${values.tokenId} has exactly what ${tier} needs.\n${provenLines(proof).join('\n')}`, desk.runtime))
  const others = await otherAddresses(scene, values)
  const paths = await entry.write({ ...values, ...others }, tier)
  terminal.print(`Wrote ${entry.name} to ${paths.join(', its secret to ')}, for this user only.`)
}

/** Other nodes of a cluster learn of a token a moment later; what it may do too much does not go by waiting. */
async function proven({ service, setup, desk }: Scene, tier: Tier, values: SetUpValues): Promise<SetupProof> {
  for (let left = tries; ; left -= 1)
    try {
      const proof = await proofOf(service, setup, { values: { ...values }, tier }, desk.runtime)
      const flaw = flawOf(proof, tier)
      if (flaw === undefined) return proof
      throw flaw
    } catch (error) {
      const mayPass = ToolError.isInstance(error) && (error.code === 'unauthorized' || error.code === 'forbidden')
      if (!mayPass || left <= 1) throw error
      await pause(pauseMs)
    }
}

/** Does it, and writes down what was decided. */
export async function audited(
  { desk, address, service }: Scene,
  { user, token, tier }: SetupGoal,
  work: () => Promise<void>,
): Promise<void> {
  const input = { service: service.name, url: address.url, credential: `${user}!${token}`, tier }
  await desk.audited({ tool: 'setup', result: 'approved', summary: `Made ${user}!${token} at ${address.url}, tier ${tier}`, input }, work)
}
