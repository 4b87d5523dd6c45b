import type { Command, Service, Setup, SetupGoal, SetupShell, SetupStep, SetupToken, Tier } from '@rackwarden/core'
import { ToolError } from '@rackwarden/core'
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Application } from '../../application.ts'
import type { Desk } from '../desk.ts'
import { askYes, isAsking } from '../init/questions.ts'
import type { Terminal } from '../terminal.ts'
import type { ConfiguredEntry } from './entry.ts'
import type { TargetAddress } from './questions.ts'
import { shellLine } from './script.ts'
import type { SetupOptions } from './setup-options.ts'

/** Everything one setup works on. */
export interface Scene {
  application: Application
  service: Service
  setup: Setup
  options: SetupOptions
  terminal: Terminal
  /** The terminal with whoever sits there, also where nothing but a passphrase may be asked. */
  given: Terminal
  desk: Desk
  address: TargetAddress
  entry: ConfiguredEntry
  user: string
  quote: SetupShell['quote']
}

/** Who made a user and its tokens, as it stands there. */
export function comment(): string {
  return `Rackwarden on ${
    hostname()
      .replaceAll(/[^\w.-]/g, '')
      .slice(0, 60) || 'a machine'
  }`
}

/** A goal with a token of a new name, so that the one before goes on until this one is proven. */
export function newGoal(user: string, tier: Tier): SetupGoal {
  return { user, token: `${tier}-${randomBytes(3).toString('hex')}`, tier, comment: comment() }
}

/** The name of the token that is configured, where it is one of this user. */
export function configuredToken({ entry, user }: Pick<Scene, 'entry' | 'user'>): string | undefined {
  const id = entry.values?.['tokenId']
  return typeof id === 'string' && id.startsWith(`${user}!`) ? id.slice(user.length + 1) : undefined
}

/** The tokens of the user that may be revoked; others than those made from here only where the owner says so. */
export async function revocable(scene: Scene, tokens: readonly SetupToken[], kept: string | undefined): Promise<string[]> {
  const { options, terminal, user } = scene
  const own = configuredToken(scene)
  const others = tokens.filter(({ name }) => name !== kept)
  const strangers = others.filter((token) => token.name !== own && token.comment !== comment())
  if (strangers.length > 0 && options.revokeOthers !== true) {
    const named = strangers.map((token) => `${user}!${token.name}${token.comment === '' ? '' : ` (${token.comment})`}`).join(', ')
    const isAgreed = isAsking(terminal) && (await askYes(`Not made from here: ${named}. Revoke it, too?`, terminal))
    if (!isAgreed)
      throw new ToolError('conflict', `${user} has tokens that were not made from here: ${named}. Nothing was changed.`, {
        hint: `Give this machine a user of its own with --user ${user.replace('@', `-${hostname().split('.')[0] ?? 'here'}@`)}, or add --revoke-others.`,
      })
  }
  return others.map(({ name }) => name)
}

/** A command as somebody would type it. */
export function lineOf({ quote }: Pick<Scene, 'quote'>): (command: Command) => string {
  return (command) => shellLine(command, quote)
}

/** Tells what steps will do, each with its command. */
export function toldSteps(scene: Pick<Scene, 'quote'>, steps: readonly SetupStep[]): string {
  return steps.map(({ title, ways }) => `  ${title}\n    ${lineOf(scene)(ways[0])}`).join('\n')
}

/** Runs steps of which each is worth doing whatever became of the others; gives those that failed, and why. */
export async function runEach(
  scene: Pick<Scene, 'quote'>,
  steps: readonly SetupStep[],
  run: (command: Command) => Promise<string>,
): Promise<string[]> {
  const failed: string[] = []
  for (const { title, ways, mayFail = false } of steps)
    try {
      await run(ways[0])
    } catch (error) {
      if (!ToolError.isInstance(error)) throw error
      if (!mayFail) failed.push(`It could not ${title}: ${error.message}\n  Run there: ${lineOf(scene)(ways[0])}`)
    }
  return failed
}
