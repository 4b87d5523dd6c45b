import type { Judge } from '../call.ts'
import { isKnown, type Word } from '../shell/word.ts'
import { ask, refuse, type Opinion } from '../verdict.ts'

const approving = new Set(['approve', 'allow', 'token', 'owner', 'reject', 'approvals', 'init', 'undo'])
const looking = new Set(['doctor', 'tools', 'audit', 'changes', '--version', '--help'])

/** What the command line of Rackwarden would be asked to do. */
function judgeOwnProgram(words: readonly Word[]): Opinion {
  if (words.some(({ text }) => approving.has(text))) return refuse('would approve calls, or raise rights, in the place of a person')
  const [verb] = words
  if (verb !== undefined && looking.has(verb.text) && words.every(isKnown)) return undefined
  return ask('runs Rackwarden beside the server that is asked')
}

/** A program of ours somewhere in the words of `npx`, `node` and their like. */
export function judgeOwnIn(words: readonly Word[]): Opinion {
  const at = words.findIndex(({ text }) => /rackwarden|(?:^|\/)bin\.cjs$/i.test(text))
  if (at < 0) return undefined
  const opinion = judgeOwnProgram(words.slice(at + 1))
  return opinion?.decision === 'refuse' ? opinion : undefined
}

/** `rackwarden`, `rackwarden-docker` and their like. */
export const ownProgram: Judge = ({ words }) => judgeOwnProgram(words)

export const isOwnProgram = (name: string): boolean => /^rackwarden(?:-[\w-]+)?$/.test(name)
