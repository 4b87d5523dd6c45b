import { allows, lowestTier } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { approvals, type Approval, type ApprovalPolicy } from '../policy/required-approval.ts'
import type { Configured } from './configured.ts'

/** Throws `denied` where a configuration lets more happen than the one before: whoever can write the file must not be able to raise what runs. */
export function refuseRaise(before: Configured, next: Configured): void {
  const raised = [
    ...raisedTiers(before, next),
    ...loosened(before.approval, next.approval),
    ...unprotected(before, next),
    ...switchedOn(before, next),
  ]
  if (raised.length === 0) return
  throw new ToolError('denied', `It would raise what a running process may do: ${raised.join('; ')}.`, {
    hint: 'Restart it if that is meant; until then the configuration from before stays.',
  })
}

function raisedTiers(before: Configured, next: Configured): string[] {
  if (!allows(before.tier, next.tier)) return [`the tier goes from ${before.tier} to ${next.tier}`]
  return before.mounts.flatMap(({ service, tier }) => {
    const after = next.mounts.find((mount) => mount.service === service)
    if (after === undefined) return []
    const [was, is] = [lowestTier(before.tier, tier), lowestTier(next.tier, after.tier)]
    return allows(was, is) ? [] : [`the tier of ${service} goes from ${was} to ${is}`]
  })
}

function loosened(before: ApprovalPolicy, next: ApprovalPolicy): string[] {
  const isWeaker = (was: Approval, is: Approval | undefined) => is === undefined || approvals.indexOf(is) < approvals.indexOf(was)
  const kinds = ['tiers', 'services', 'tools', 'targets'] as const
  return [
    ...kinds.flatMap((kind) => {
      const after: Readonly<Record<string, Approval | undefined>> = next[kind]
      return Object.entries(before[kind]).flatMap(([name, was]) =>
        isWeaker(was, after[name]) ? [`approval of ${name} goes from ${was} to ${after[name] ?? 'less'}`] : [],
      )
    }),
    ...next.channels.filter((channel) => !before.channels.includes(channel)).map((channel) => `approval may come by ${channel}`),
  ]
}

function unprotected(before: Configured, next: Configured): string[] {
  const now = next.protectedSet.patterns
  return before.protectedSet.patterns.filter((pattern) => !now.includes(pattern)).map((pattern) => `${pattern} is protected no more`)
}

function switchedOn(before: Configured, next: Configured): string[] {
  return next.mounts.flatMap(({ service, tools, toolsets, toolsetsOn }) => {
    const mount = before.mounts.find((one) => one.service === service)
    if (mount === undefined) return before.configuration.services[service]?.off === true ? [`${service} is switched on`] : []
    const known = mount.toolsetsOn
    const added = known === undefined ? [] : (toolsetsOn ?? [...(toolsets?.keys() ?? [])]).filter((name) => !known.includes(name))
    const switched = [...[...tools.keys()].filter((name) => !mount.tools.has(name)), ...added.map((name) => `the toolset ${name}`)]
    return switched.map((name) => `${service}: ${name} is switched on`)
  })
}
