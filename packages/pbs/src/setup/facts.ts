import { ToolError, type RunCommand, type SetupToken } from '@rackwarden/core'
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
  const listed = async <Schema extends z.ZodType>(schema: Schema, ...words: readonly string[]) =>
    read(schema, await run(['proxmox-backup-manager', ...words, '--output-format', 'json']), words.join(' '))
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

function read<Schema extends z.ZodType>(schema: Schema, text: string, words: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new ToolError('upstream', `'proxmox-backup-manager ${words}' printed something else than its list.`, {
      hint: 'Run it there by hand: does it end without an error?',
      cause,
    })
  }
}
