import { defineSetup, valuePrinted } from '@rackwarden/core'
import { look } from './setup/facts.ts'
import { givenTo } from './setup/given.ts'
import { prove } from './setup/proof.ts'
import { fingerprint, grant, isGranted, remove, retire } from './setup/steps.ts'

/** How a token for one tier is made on a server: by `proxmox-backup-manager`. */
export default defineSetup({
  target: 'the backup server',
  port: 8007,
  user: 'rackwarden@pbs',
  userForm: /^[A-Za-z0-9_][\w.-]{0,58}@pbs$/,
  shell: () => import('@rackwarden/ssh'),
  granted: (tier) => [
    ...givenTo[tier].map(({ path, role }) => `the role ${role} on ${path}`),
    ...(tier === 'configure'
      ? ['not the right to protect what others backed up: here that is the right to delete it, too, and comes with admin']
      : []),
  ],
  look,
  tokens: ({ tokens }) => tokens,
  isGranted,
  fingerprint,
  grant,
  retire,
  remove,
  secretIn: valuePrinted,
  prove,
})
