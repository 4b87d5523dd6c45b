import type { WayBack } from '@rackwarden/core'

const guests = ['virtual machine', 'container']

/** A snapshot of a guest is the way back to what is written inside of it. */
export const wayBack: WayBack = {
  noun: 'snapshot',
  tool: 'create_snapshot',
  inputFor: ({ kind, target }, reason) => (guests.includes(kind) ? { guest: idIn(target), note: reason.slice(0, 500) } : undefined),
  returnFrom: ({ target }, output) => ({
    tool: 'rollback_snapshot',
    input: { guest: idIn(target), snapshot: (output as { snapshot: string }).snapshot },
  }),
}

/** A guest is named by its id, which nobody else has. */
function idIn(target: string): string {
  return target.split('/').at(-1) ?? ''
}
