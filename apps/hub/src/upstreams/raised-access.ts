import { accessLevels, allows, ToolError, type Access } from '@rackwarden/core'
import type { UpstreamEntry } from '@rackwarden/core/runtime'
import type { Acceptance } from './acceptance.ts'
import { accessOf } from './tool-access.ts'

/** Throws `denied` where another configuration lets more be called of what was accepted than the one before: that takes a restart. */
export function refuseRaise(before: readonly { entry: UpstreamEntry; acceptance: Acceptance }[], next: readonly UpstreamEntry[]): void {
  const raised = before.flatMap(({ entry, acceptance }) => {
    const after = next.find(({ name }) => name === entry.name)
    if (entry.configuration === undefined || after?.configuration === undefined) return []
    const [was, is] = [entry.configuration, after.configuration]
    const [tierWas, tierIs] = [was.tier ?? highest, is.tier ?? highest]
    if (!allows(tierWas, tierIs)) return [`the tier of ${entry.name} goes from ${tierWas} to ${tierIs}`]
    return (acceptance.accepted?.tools ?? []).flatMap((tool) => {
      const [needed, needs] = [accessOf(tool, was), accessOf(tool, is)]
      return isLess(needs, needed) ? [`${tool.name} of ${entry.name} takes ${needs} where it took ${needed}`] : []
    })
  })
  if (raised.length === 0) return
  throw new ToolError('denied', `It would raise what a running process may do: ${raised.slice(0, 5).join('; ')}.`, {
    hint: 'Restart it if that is meant; until then the configuration from before stays.',
  })
}

const highest: Access = 'admin'

function isLess(needs: Access | 'off', needed: Access | 'off'): boolean {
  const rank = (access: Access | 'off') => (access === 'off' ? accessLevels.length : accessLevels.indexOf(access))
  return rank(needs) < rank(needed)
}
