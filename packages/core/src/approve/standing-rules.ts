import { ToolError } from '../define/error.ts'
import { prefixOf } from '../define/service.ts'
import type { ApprovedWrite } from '../policy/required-approval.ts'
import { matches, matchesTarget, qualified } from '../policy/target-pattern.ts'
import { jsonIn } from '../record/json.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Owner } from './owner.ts'

/** What the owner agreed to ahead: writes of some tools, on some targets, for some time. */
export interface StandingRule {
  /** Kebab-case. */
  name: string
  /** Tools with their service before them, `docker_restart_container`; `*` stands for any text. */
  tools: readonly string[]
  /** Target patterns; every target of a write must match one. Any target when not given. */
  targets?: readonly string[]
  /** Target patterns, or bare names, a write must not touch. */
  except: readonly string[]
  /** ISO 8601. */
  until: string
  /** `cli:<user>`. */
  by: string
  /** ISO 8601. */
  at: string
}

/** The standing rules of a state directory. */
export interface StandingRules {
  /** Those that hold now, by name; what the owner did not sign is none. */
  list(): Promise<StandingRule[]>
  /** Adds a rule, signed by the owner. */
  allow(rule: Omit<StandingRule, 'at'>, passphrase: string): Promise<StandingRule>
  /** Takes a rule back; needs nobody's signature. */
  revoke(name: string): Promise<void>
  /** The rule that agrees to a write. */
  ruleFor(write: ApprovedWrite): Promise<StandingRule | undefined>
}

type StoredRule = StandingRule & { signature: string }

const nameForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** Keeps rules in `rules/`, a file each. */
export function createStandingRules({ store, clock }: Pick<Runtime, 'store' | 'clock'>, owner: Owner): StandingRules {
  const path = (name: string) => `rules/${name}.json`

  const valid = async (file: string): Promise<StandingRule | undefined> => {
    const text = await store.read(`rules/${file}`)
    const stored = text === undefined ? undefined : ruleIn(text)
    if (stored === undefined || `${stored.name}.json` !== file) return undefined
    const { signature, ...rule } = stored
    if (Date.parse(rule.until) <= clock.now()) return undefined
    return (await owner.verify(statementOf(rule), signature)) ? rule : undefined
  }

  const list = async (): Promise<StandingRule[]> => {
    const rules = await Promise.all((await store.list('rules')).map(valid))
    return rules.filter((rule) => rule !== undefined)
  }

  return {
    list,
    async allow(given, passphrase) {
      if (!nameForm.test(given.name)) throw new ToolError('invalid_input', `'${given.name}' is not kebab-case.`)
      if (!(Date.parse(given.until) > clock.now())) throw new ToolError('invalid_input', 'The rule would be past at once.')
      const rule: StandingRule = { ...given, at: new Date(clock.now()).toISOString() }
      const signature = await owner.sign(statementOf(rule), passphrase)
      await store.write(path(rule.name), JSON.stringify({ ...rule, signature } satisfies StoredRule))
      return rule
    },
    async revoke(name) {
      if (!nameForm.test(name) || (await store.read(path(name))) === undefined)
        throw new ToolError('not_found', `There is no rule '${name}'.`, { hint: "'allow --list' shows them." })
      await store.remove(path(name))
    },
    ruleFor: async (write) => (await list()).find((rule) => isMeant(rule, write)),
  }
}

function isMeant({ tools, targets, except }: StandingRule, { service, tool, instance, targets: touched }: ApprovedWrite): boolean {
  const name = `${prefixOf(service)}${tool}`
  const all = touched.map((target) => qualified(target, instance))
  return (
    all.length > 0 &&
    tools.some((pattern) => matches(pattern, name)) &&
    (targets === undefined || all.every((target) => targets.some((pattern) => matchesTarget(pattern, target)))) &&
    !all.some((target) => except.some((pattern) => isExcepted(pattern, target)))
  )
}

/** A bare name excepts everything of that name. */
function isExcepted(pattern: string, target: string): boolean {
  return pattern.includes('/') ? matchesTarget(pattern, target) : target.split('/').some((part) => matches(pattern, part))
}

function statementOf(rule: StandingRule): unknown {
  return { statement: 'rule', ...rule }
}

function ruleIn(text: string): StoredRule | undefined {
  const rule = jsonIn(text) as Partial<StoredRule> | undefined
  const lists = [rule?.tools, rule?.except]
  const isWhole = lists.every(Array.isArray) && [rule?.name, rule?.until, rule?.signature].every((part) => typeof part === 'string')
  return isWhole ? (rule as StoredRule) : undefined
}
