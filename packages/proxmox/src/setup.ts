import { defineSetup, valuePrinted } from '@rackwarden/core'
import { look } from './setup/facts.ts'
import { otherNodes } from './setup/other-nodes.ts'
import { prove } from './setup/proof.ts'
import { roleOf } from './setup/role.ts'
import { fingerprint, grant, isGranted, remove, retire } from './setup/steps.ts'
import { privilegesFor } from './privileges.ts'

/** How a token for one tier is made in a cluster: by `pveum`, on any of its nodes. */
export default defineSetup({
  target: 'a node of the cluster',
  port: 8006,
  user: 'rackwarden@pve',
  userForm: /^[A-Za-z0-9][\w.-]{0,58}@pve$/,
  shell: () => import('@rackwarden/ssh'),
  granted: (tier) => {
    const [on9, on8] = [privilegesFor(tier, 9), privilegesFor(tier, 8)]
    const only = (own: readonly string[], other: readonly string[]) => own.filter((privilege) => !other.includes(privilege))
    const differ = [...only(on8, on9).map((name) => `${name} on 8`), ...only(on9, on8).map((name) => `${name} on 9`)]
    const common = on9.filter((privilege) => on8.includes(privilege)).join(', ')
    return [`the role ${roleOf(tier)} on /: ${common}${differ.length === 0 ? '' : `; ${differ.join(', ')}`}`]
  },
  look,
  tokens: ({ tokens }) => tokens,
  isGranted,
  fingerprint,
  grant,
  retire,
  remove,
  secretIn: valuePrinted,
  others: { title: 'ask the cluster for its other nodes and their certificates', find: otherNodes },
  prove,
})
