import { accessLevels, allows, ToolError, type Service, type Tier } from '@rackwarden/core'
import { variablesOf } from '@rackwarden/core/runtime'
import { access } from 'node:fs/promises'
import type { Application } from '../../application.ts'
import type { Terminal } from '../terminal.ts'
import { expanded, isReference, wantedOf, type Wanted } from './answers.ts'
import { nameOf, type Offer } from './offer.ts'

/** A terminal with somebody at it. */
export type Asking = Terminal & Required<Pick<Terminal, 'ask'>>

/** True where somebody can be asked. */
export function isAsking(terminal: Terminal): terminal is Asking {
  return terminal.ask !== undefined
}

/** Asks which of the numbered offers are wanted; what is on this machine is suggested. */
export async function askWhich(offers: readonly Offer[], terminal: Asking): Promise<readonly Offer[]> {
  const suggested = offers.flatMap(({ remote }, index) => (remote ? [] : [index + 1]))
  const usual = suggested.length === 0 ? 'none' : suggested.length === offers.length ? 'all' : suggested.join(' ')
  for (;;) {
    const answer = (await terminal.ask(`Which shall be served? Numbers, all or none [${usual}]: `)).trim().toLowerCase() || usual
    if (answer === 'none') return []
    if (answer === 'all') return offers
    const numbers = answer.split(/[\s,]+/).map(Number)
    if (numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= offers.length))
      return [...new Set(numbers)].map((number) => offers[number - 1]!)
    terminal.complain(`Write numbers from 1 to ${offers.length}, all or none.`)
  }
}

/** Asks for targets that were not found, until nothing is answered. */
export async function askForMore(application: Application, terminal: Asking): Promise<Wanted[]> {
  const more: Wanted[] = []
  for (;;) {
    const names = application.services.map(({ name }) => name).join(', ')
    const answer = (await terminal.ask(`Another one, as service=address or service@name=address (${names}) [none]: `)).trim()
    if (answer === '' || answer === 'none') return more
    try {
      more.push(wantedOf(application, answer))
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      terminal.complain(`${error.message}. ${error.hint ?? ''}`)
    }
  }
}

/** Asks for the tier of a service; `admin` is none of the answers, unless the owner said that they know what it means. */
export async function askTier(service: Service, terminal: Asking, highest: Tier = 'configure'): Promise<Tier> {
  const tiers = accessLevels.filter((tier) => allows(highest, tier))
  for (;;) {
    const answer = (await terminal.ask(`Tier of ${service.name}: ${tiers.join(', ')} [observe]: `)).trim() || 'observe'
    const tier = tiers.find((candidate) => candidate === answer)
    if (tier !== undefined) return tier
    terminal.complain(`Write one of ${tiers.join(', ')}.`)
  }
}

/** Asks for the value of a field, unseen where it is a secret; nothing answered is undefined. */
export async function askField({ service, instance }: Offer, field: string, terminal: Asking): Promise<string | undefined> {
  const { description = '', secret = false } = variablesOf(service).find((variable) => variable.field === field) ?? {}
  const how = secret ? '; unseen, or env:NAME, or file:/path' : ''
  const answer = await terminal.ask(`${nameOf(service, instance)}: ${field} (${description.replace(/\.$/, '')}${how}): `, {
    hidden: secret,
  })
  const value = expanded(answer.trim(), terminal.environment)
  if (value === '') return undefined
  // The path of a key file says where the secret is.
  if (secret && !isReference(value) && value.startsWith('/') && (await isThere(value))) return `file:${value}`
  return value
}

/** Asks a question of yes or no. */
export async function askYes(question: string, terminal: Asking): Promise<boolean> {
  const answer = (await terminal.ask(`${question} [y/N]: `)).trim().toLowerCase()
  return answer === 'y' || answer === 'yes'
}

/** What can be done about a target that could not be opened. */
export type Remedy = { kind: 'again' } | { kind: 'set'; field: string } | { kind: 'keep' } | { kind: 'leave' }

/** Asks what to do about a target that could not be opened. */
export async function askRemedy({ service, instance }: Offer, terminal: Asking): Promise<Remedy> {
  const fields = Object.keys(service.config)
  for (;;) {
    const answer = (
      await terminal.ask(
        `${nameOf(service, instance)}: try again, set a field (${fields.join(', ')}), keep it untested, or leave it out [leave]: `,
      )
    )
      .trim()
      .replace(/^set\s+/, '')
    if (answer === '' || answer === 'leave') return { kind: 'leave' }
    if (answer === 'again' || answer === 'try again') return { kind: 'again' }
    if (answer === 'keep') return { kind: 'keep' }
    if (fields.includes(answer)) return { kind: 'set', field: answer }
    terminal.complain('Write again, keep, leave, or the name of a field.')
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
