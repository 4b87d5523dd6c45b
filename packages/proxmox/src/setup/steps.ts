import type { Command, SetupGoal, SetupStep } from '@rackwarden/core'
import { privilegesFor } from '../privileges.ts'
import type { ClusterFacts } from './facts.ts'
import { roleOf, roles } from './role.ts'

type Facts = ClusterFacts | undefined

const certificateOf = (file: string): Command => ['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', `/etc/pve/local/${file}`]

/** The certificate of the owner's, where there is one, takes the place of the node's own. */
export const fingerprint: SetupStep = {
  title: 'read the fingerprint of the certificate',
  ways: [certificateOf('pveproxy-ssl.pem'), certificateOf('pve-ssl.pem')],
  prints: 'fingerprint',
}

/** Whether user and token have the role of the tier on everything, and the role what the tier needs. */
export function isGranted({ user, token, tier }: SetupGoal, { major, roles: known, acl }: ClusterFacts): boolean {
  const role = roleOf(tier)
  const has = (who: string) => acl.some((entry) => entry.path === '/' && entry.who === who && entry.role === role)
  return isSame(known.get(role), privilegesFor(tier, major)) && has(user) && has(`${user}!${token}`)
}

/** Makes user, role and token. */
export function grant(goal: SetupGoal, facts: Facts): SetupStep[] {
  const { user, token, comment, tier } = goal
  const role = roleOf(tier)
  const id = `${user}!${token}`
  const addUser: SetupStep = {
    title: `make the user ${user}`,
    ways: [['pveum', 'user', 'add', user, '--comment', comment]],
    takeBack: [['pveum', 'user', 'delete', user]],
    mayFail: facts === undefined,
  }
  const addToken: SetupStep = {
    title: `make the token ${id}`,
    ways: [['pveum', 'user', 'token', 'add', user, token, '--privsep', '1', '--comment', comment, '--output-format', 'json']],
    takeBack: [['pveum', 'user', 'token', 'remove', user, token]],
    prints: 'token',
  }
  const hasRole = facts?.acl.some((entry) => entry.path === '/' && entry.who === user && entry.role === role) === true
  return [
    ...(facts?.hasUser === true ? [] : [addUser]),
    ...roleSteps(role, goal, facts),
    ...(hasRole ? [] : [give('--users', user, role)]),
    addToken,
    give('--tokens', id, role),
  ]
}

function give(kind: '--users' | '--tokens', who: string, role: string): SetupStep {
  return {
    title: `give ${who} the role ${role} on everything`,
    ways: [['pveum', 'acl', 'modify', '/', kind, who, '--roles', role]],
    takeBack: [takeAway(kind, who, role)],
  }
}

function takeAway(kind: '--users' | '--tokens', who: string, role: string): Command {
  return ['pveum', 'acl', 'delete', '/', kind, who, '--roles', role]
}

/** Where the release is not known, a role with privileges it does not have is refused, and the next way taken. */
function roleSteps(role: string, { tier }: SetupGoal, facts: Facts): SetupStep[] {
  const add = (major: number): Command => ['pveum', 'role', 'add', role, '--privs', privilegesFor(tier, major).join(',')]
  const modify = (privileges: readonly string[]): Command => ['pveum', 'role', 'modify', role, '--privs', privileges.join(',')]
  if (facts === undefined) {
    const others: Command[] = [add(8), modify(privilegesFor(tier, 9)), modify(privilegesFor(tier, 8))]
    return [{ title: `make the role ${role}`, ways: [add(9), ...others] }]
  }
  const wanted = privilegesFor(tier, facts.major)
  const before = facts.roles.get(role)
  if (before === undefined)
    return [{ title: `make the role ${role}`, ways: [add(facts.major)], takeBack: [['pveum', 'role', 'delete', role]] }]
  if (isSame(before, wanted)) return []
  return [{ title: `give the role ${role} exactly what its tier needs`, ways: [modify(wanted)], takeBack: [modify(before)] }]
}

/** Revokes tokens that were replaced, and takes other tiers from the user. */
export function retire({ user, tier }: SetupGoal, facts: Facts, tokens: readonly string[]): SetupStep[] {
  const kept = roleOf(tier)
  const others = roles.filter((role) => role !== kept)
  const held = (role: string) =>
    facts === undefined || facts.acl.some(({ path, who, role: one }) => path === '/' && who === user && one === role)
  const left = others.filter((role) => facts === undefined || facts.roles.has(role))
  return [
    ...revoke(user, facts, tokens),
    ...others
      .filter((role) => held(role))
      .map((role): SetupStep => ({
        title: `take the role ${role} from ${user}`,
        ways: [takeAway('--users', user, role)],
        mayFail: facts === undefined,
      })),
    ...left.map(deleteRole),
  ]
}

function revoke(user: string, facts: Facts, tokens: readonly string[]): SetupStep[] {
  return tokens.flatMap((token): SetupStep[] => {
    const id = `${user}!${token}`
    const entries = facts === undefined ? roles.map((role) => ({ path: '/', role })) : facts.acl.filter(({ who }) => who === id)
    return [
      ...entries.map(({ path, role }): SetupStep => ({
        title: `take the role ${role} from ${id}`,
        ways: [['pveum', 'acl', 'delete', path, '--tokens', id, '--roles', role]],
        mayFail: facts === undefined,
      })),
      { title: `revoke the token ${id}`, ways: [['pveum', 'user', 'token', 'remove', user, token]], mayFail: facts === undefined },
    ]
  })
}

/** Another user of ours may have it still. */
function deleteRole(role: string): SetupStep {
  const script = 'pveum acl list --output-format json | grep -Fq -- "$1" || pveum role delete "$2"'
  return {
    title: `delete the role ${role}, unless somebody has it`,
    ways: [['sh', '-c', script, 'sh', `"${role}"`, role]],
    mayFail: true,
  }
}

/** Takes away the user with its tokens, and the roles nobody has then. */
export function remove(user: string, facts: Facts, tokens: readonly string[]): SetupStep[] {
  const theirs = facts === undefined ? [] : facts.acl.filter(({ who }) => who === user)
  const all = facts === undefined ? tokens : facts.tokens.map(({ name }) => name)
  const deleteUser: SetupStep = {
    title: `delete the user ${user}`,
    ways: [['pveum', 'user', 'delete', user]],
    mayFail: facts === undefined,
  }
  return [
    ...revoke(user, facts, all),
    ...theirs.map(({ path, role }): SetupStep => ({
      title: `take the role ${role} from ${user}`,
      ways: [['pveum', 'acl', 'delete', path, '--users', user, '--roles', role]],
    })),
    ...(facts === undefined || facts.hasUser ? [deleteUser] : []),
    ...roles.filter((role) => facts === undefined || facts.roles.has(role)).map(deleteRole),
  ]
}

function isSame(held: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return held?.toSorted().join() === wanted.toSorted().join()
}
