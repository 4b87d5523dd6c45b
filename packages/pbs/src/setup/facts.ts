import { listPrinted, type Command, type RunCommand, type SetupToken } from '@rackwarden/core'
import { z } from 'zod'
import type { Given } from './given.ts'

/** What of a setup is on a server already. */
export interface ServerFacts {
  hasUser: boolean
  /** Who has which role where. */
  acl: readonly (Given & { who: string })[]
  tokens: readonly SetupToken[]
}

const users = z.array(z.object({ userid: z.string() }))
const acl = z.array(z.object({ path: z.string(), ugid: z.string(), roleid: z.string() }))
const tokens = z.array(z.object({ tokenid: z.string(), comment: z.string().nullish() }))

/** Asks the server what there is. */
export async function look(run: RunCommand, user: string): Promise<ServerFacts> {
  const listed = async <Schema extends z.ZodType>(schema: Schema, ...words: readonly string[]) => {
    const command: Command = ['proxmox-backup-manager', ...words]
    return listPrinted(schema, await run([...command, '--output-format', 'json']), command)
  }
  const hasUser = (await listed(users, 'user', 'list')).some(({ userid }) => userid === user)
  return {
    hasUser,
    acl: (await listed(acl, 'acl', 'list')).map(({ path, ugid, roleid }) => ({ path, who: ugid, role: roleid })),
    tokens: hasUser
      ? (await listed(tokens, 'user', 'list-tokens', user)).map(({ tokenid, comment }) => ({
          name: tokenid.slice(tokenid.indexOf('!') + 1),
          comment: comment ?? '',
        }))
      : [],
  }
}
