import type { Tier } from '../../define/access.ts'

/** What a prompt can build on: the tools of its caller, as they are called here. */
export interface AtHand {
  /** The highest access of the caller. */
  readonly tier: Tier
  /** Whether anything can be changed. */
  readonly writes: boolean
  /** Whether the owner is told on their phone of what waits for a person. */
  readonly isToldByPhone: boolean
  /** Services that can be set up here: configured or not. */
  readonly services: readonly {
    readonly service: string
    readonly title: string
    readonly isConfigured: boolean
    readonly missing: readonly string[]
  }[]
  /** A call of a tool over all services, as a line; undefined where the caller has no such tool. */
  own(name: string, input?: Readonly<Record<string, unknown>>): string | undefined
  /** The listed names of the tools of services that are called so; every service says the same with the same name. */
  tools(...names: readonly string[]): readonly string[]
  /** Those of one service, by the access they take. */
  toolsOf(service: string): { readonly reads: readonly string[]; readonly writes: readonly string[] }
  /** How what is not listed is called, where little is. */
  readonly callThrough: string | undefined
  /** A line for the owner's shell. */
  command(words: string): string
}

/** A prompt, and how it is worded for what is at hand. */
export interface PromptDefinition {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: readonly PromptArgument[]
  text(hand: AtHand, input: Readonly<Record<string, string | undefined>>): string
}

/** A field of a prompt, and what it is completed from. */
export interface PromptArgument {
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly of?: 'assets' | 'services'
}

type Step = string | undefined

/** Steps in order, numbered; those that need what is not there are left out. */
export function numbered(...steps: readonly Step[]): string {
  return steps
    .filter((step) => step !== undefined)
    .map((step, index) => `${index + 1}. ${step}`)
    .join('\n')
}

/** Several tools in a row; undefined where there is none. */
export function listed(names: readonly (string | undefined)[]): string | undefined {
  const there = names.filter((name) => name !== undefined)
  return there.length === 0 ? undefined : there.join(', ')
}

/** A sentence that needs something; left out without it. */
export function where(there: string | undefined, sentence: (there: string) => string): Step {
  return there === undefined ? undefined : sentence(there)
}

/** What looks after one thing: its tools, or that there are none. */
export function partOf(subject: string, names: readonly string[]): string {
  return names.length === 0 ? `- ${subject}: no tool here tells; say so.` : `- ${subject}: ${names.join(', ')}`
}

/** How to go about what changes something. */
export function atEveryWrite({ writes, tier }: AtHand): string {
  return writes
    ? 'Stop at every write: call it without confirm, show me its plan whole, and wait for my word. Only then confirm it. Never confirm two at once.'
    : `Nothing can be changed from here (the tier is ${tier}): tell me what you would do, and with which tool or by hand.`
}
