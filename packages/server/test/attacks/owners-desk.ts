import {
  createApprovalRequests,
  createAuditLog,
  createFileStore,
  createStandingRules,
  openOwner,
  type ApprovalRequests,
  type Owner,
  type StandingRules,
} from '@rackwarden/core/runtime'
import { randomBytes } from 'node:crypto'
import { openTokens, type IssuedToken, type TokenGrant, type Tokens } from '../../src/index.ts'
import type { AskedLab } from '../asked-lab.ts'
import { openTestTokens } from '../lab.ts'

/** What the owner of the tests knows. */
export const passphrase = 'correct horse battery'

/** What the owner decides with, in a process of its own. */
export interface OwnersDesk {
  owner: Owner
  requests: ApprovalRequests
  rules: StandingRules
  tokens: Tokens
  /** Writes down the key as `owner set-passphrase` does. */
  note(key: string | undefined): Promise<void>
  /** A token as an attacker makes it: whole, and signed by nobody. */
  forge(grant: TokenGrant): Promise<IssuedToken>
}

/** Opens the desk of a lab. */
export function ownersDesk({ stateDirectory }: AskedLab): OwnersDesk {
  const runtime = { store: createFileStore(stateDirectory), clock: Date, random: randomBytes, log: () => undefined }
  const owner = openOwner(runtime as never)
  return {
    owner,
    requests: createApprovalRequests(runtime as never, owner),
    rules: createStandingRules(runtime as never, owner),
    tokens: openTokens({ ...runtime, owner }),
    async note(key) {
      const audit = createAuditLog({ directory: stateDirectory, clock: Date, random: randomBytes, version: '1' })
      const entry = { call: '', principal: 'local:me', service: '', instances: [], access: '' }
      await audit.commit({ ...entry, kind: 'approval', tool: 'owner set-passphrase', result: 'set', input: { key } })
      await audit.close()
    },
    forge: async (grant) => (await openTestTokens()).create(grant),
  }
}
