import type { Judge, Rules } from '../call.ts'
import { many } from '../wrappers/many.ts'
import { shells } from '../wrappers/shells.ts'
import { remote } from '../wrappers/ssh.ts'
import { unwrapping } from '../wrappers/unwrap.ts'
import { archives } from './archives.ts'
import { containerRules } from './containers.ts'
import { disks } from './disks.ts'
import { files } from './files.ts'
import { git } from './git.ts'
import { guests } from './guests.ts'
import { judgeVersioned, languages, versioned } from './interpreters.ts'
import { network } from './network.ts'
import { isOwnProgram, ownProgram } from './own.ts'
import { packages } from './packages.ts'
import { pools } from './pools.ts'
import { power } from './power.ts'
import { reading } from './reading.ts'
import { services } from './services.ts'
import { shellWords } from './shell-words.ts'
import { users } from './users.ts'

/** Every domain; where a program is in two of them, the later one holds. */
const domains: readonly Rules[] = [
  reading,
  archives,
  git,
  languages,
  shells,
  many,
  remote,
  disks,
  pools,
  guests,
  containerRules,
  power,
  packages,
  network,
  services,
  users,
  files,
  shellWords,
]

const rules: ReadonlyMap<string, Judge> = new Map([...domains.flatMap((domain) => Object.entries(domain)), ...unwrapping])

/** The rule for a program, by its name. */
export function ruleFor(name: string): Judge | undefined {
  const rule = rules.get(name)
  if (rule !== undefined) return rule
  if (name.startsWith('mkfs.')) return rules.get('mkfs')
  if (versioned.test(name)) return judgeVersioned
  return isOwnProgram(name) ? ownProgram : undefined
}
