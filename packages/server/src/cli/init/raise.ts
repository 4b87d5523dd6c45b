import type { Tier } from '@rackwarden/core'
import type { Application } from '../../application.ts'
import { atDesk } from '../desk.ts'
import { passphraseFor } from '../passphrase.ts'
import type { Terminal } from '../terminal.ts'

/** Lets an owner who has a passphrase agree to the tiers that are about to be written; `observe` is nobody's to refuse. */
export async function agreeToTiers(
  application: Application,
  tiers: ReadonlyMap<string, Tier>,
  terminal: Terminal,
  tool = 'init',
): Promise<void> {
  const granted = [...tiers].filter(([, tier]) => tier !== 'observe')
  if (granted.length === 0) return
  return atDesk(application, {}, terminal, async (desk) => {
    const summary = `Tiers: ${granted.map(([service, tier]) => `${service} ${tier}`).join(', ')}`
    const passphrase = await passphraseFor(desk, summary, terminal)
    const input = Object.fromEntries(granted)
    const signed =
      passphrase === undefined ? () => Promise.resolve('') : () => desk.owner.sign({ statement: 'tiers', ...input }, passphrase)
    await desk.audited({ tool, result: 'approved', summary, input }, signed)
  })
}
