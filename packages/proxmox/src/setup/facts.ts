import { listPrinted, ToolError, type Command, type RunCommand, type SetupToken } from '@rackwarden/core'
import { z } from 'zod'

/** What of a setup is in a cluster already. */
export interface ClusterFacts {
  /** 8 or 9: what privileges are called differs. */
  major: number
  hasUser: boolean
  /** Privileges by role. */
  roles: ReadonlyMap<string, readonly string[]>
  /** Who has which role where. */
  acl: readonly AclEntry[]
  tokens: readonly SetupToken[]
}

/** A role somebody has at a path. */
export interface AclEntry {
  path: string
  /** A user, a group, or a token as user@realm!name. */
  who: string
  role: string
}

const users = z.array(z.object({ userid: z.string() }))
const roles = z.array(z.object({ roleid: z.string(), privs: z.string().nullish() }))
const acl = z.array(z.object({ path: z.string(), ugid: z.string(), roleid: z.string() }))
const tokens = z.array(z.object({ tokenid: z.string(), comment: z.string().nullish() }))

/** Asks a node what there is. */
export async function look(run: RunCommand, user: string): Promise<ClusterFacts> {
  const listed = async <Schema extends z.ZodType>(schema: Schema, ...words: readonly string[]) => {
    const command: Command = ['pveum', ...words]
    return listPrinted(schema, await run([...command, '--output-format', 'json']), command)
  }
  const version = await run(['pveversion'])
  const major = Number(/pve-manager\/(\d+)/.exec(version)?.[1])
  if (major !== 8 && major !== 9)
    throw new ToolError('upstream', `This is not Proxmox VE 8 or 9: pveversion says '${version.trim().slice(0, 80)}'.`, {
      hint: 'Name a node of a cluster of one of these releases.',
    })
  const hasUser = (await listed(users, 'user', 'list')).some(({ userid }) => userid === user)
  return {
    major,
    hasUser,
    roles: new Map((await listed(roles, 'role', 'list')).map(({ roleid, privs }) => [roleid, wordsIn(privs ?? '')])),
    acl: (await listed(acl, 'acl', 'list')).map(({ path, ugid, roleid }) => ({ path, who: ugid, role: roleid })),
    tokens: hasUser
      ? (await listed(tokens, 'user', 'token', 'list', user)).map(({ tokenid, comment }) => ({ name: tokenid, comment: comment ?? '' }))
      : [],
  }
}

function wordsIn(text: string): string[] {
  return text.split(/[,;\s]+/).filter((word) => word !== '')
}
