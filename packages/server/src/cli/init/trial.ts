import { traitsOf } from '@rackwarden/core'
import { tryInstance, type Runtime } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'
import { isReference } from './answers.ts'
import { missingFields, nameOf, type Offer } from './offer.ts'
import { acceptsPin, pinOf, shown } from './pin.ts'
import { askField, askRemedy, isAsking } from './questions.ts'

/** How far `init` may go without asking. */
export interface TrialOptions {
  force: boolean
  acceptFingerprints: boolean
}

/** Completes an offer, opens it for real, and settles with the owner what it shows or lacks; true where it is to be written. */
export async function tryOffer(offer: Offer, options: TrialOptions, runtime: Runtime, terminal: Terminal): Promise<boolean> {
  const name = nameOf(offer.service, offer.instance)
  await complete(offer, runtime, terminal)
  const missing = missingFields(offer)
  if (missing.length > 0) {
    terminal.complain(
      `${name}: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing. Give it with --set ${name}.${missing[0]}=…`,
    )
    return false
  }
  for (;;) {
    const { health, problem } = await tryInstance(offer.service, offer.values, runtime)
    if (health !== undefined) {
      terminal.print(shown(`${name}: ok${health.version === undefined ? '' : `, ${health.version}`}: ${health.evidence}`, runtime))
      return true
    }
    const pin = pinOf(problem, offer.service.config, offer.values)
    if (pin !== undefined && (await acceptsPin(pin, problem, { name, ...options }, runtime, terminal))) {
      offer.values[pin.field] = pin.fingerprint
      continue
    }
    terminal.complain(shown(`${name}: ${problem.code}: ${problem.message}`, runtime))
    if (problem.hint !== undefined) terminal.complain(shown(`  ${problem.hint}`, runtime))
    if (options.force) return true
    if (!isAsking(terminal)) return false
    const remedy = await askRemedy(offer, terminal)
    if (remedy.kind === 'leave' || remedy.kind === 'keep') return remedy.kind === 'keep'
    if (remedy.kind === 'set') await fill(offer, remedy.field, runtime, terminal)
  }
}

/** Asks for what has to be asked, where somebody is there. */
async function complete(offer: Offer, runtime: Runtime, terminal: Terminal): Promise<void> {
  for (const field of new Set([...missingFields(offer), ...offer.ask]))
    if (offer.values[field] === undefined) await fill(offer, field, runtime, terminal)
}

async function fill(offer: Offer, field: string, runtime: Runtime, terminal: Terminal): Promise<void> {
  if (!isAsking(terminal)) return
  const value = await askField(offer, field, terminal)
  if (value === undefined) delete offer.values[field]
  else offer.values[field] = value
  const schema = offer.service.config[field]
  if (value !== undefined && schema !== undefined && traitsOf(schema).secret === true && !isReference(value)) runtime.secrets.add(value)
}
