import type { Command, SetupGoal, SetupStep } from '@rackwarden/core'
import type { ServerFacts } from './facts.ts'
import { givenTo, type Given } from './given.ts'

type Facts = ServerFacts | undefined

const manager = 'proxmox-backup-manager'

/** The certificate its API shows. */
export const fingerprint: SetupStep = {
  title: 'read the fingerprint of the certificate',
  ways: [['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', '/etc/proxmox-backup/proxy.pem']],
  prints: 'fingerprint',
}

/** Whether user and token have the roles of the tier, and the token no others. */
export function isGranted({ user, token, tier }: SetupGoal, { acl }: ServerFacts): boolean {
  const has = (who: string, { path, role }: Given) => acl.some((entry) => entry.who === who && entry.path === path && entry.role === role)
  const own = acl.filter(({ who }) => who === `${user}!${token}`)
  return givenTo[tier].every((given) => has(user, given) && has(`${user}!${token}`, given)) && own.length === givenTo[tier].length
}

/** Makes user and token. */
export function grant({ user, token, tier, comment }: SetupGoal, facts: Facts): SetupStep[] {
  const id = `${user}!${token}`
  const addUser: SetupStep = {
    title: `make the user ${user}`,
    ways: [[manager, 'user', 'create', user, '--comment', comment]],
    takeBack: [[manager, 'user', 'remove', user]],
    mayFail: facts === undefined,
  }
  const addToken: SetupStep = {
    title: `make the token ${id}`,
    ways: [[manager, 'user', 'generate-token', user, token, '--comment', comment]],
    takeBack: [[manager, 'user', 'delete-token', user, token]],
    prints: 'token',
  }
  const lacking = givenTo[tier].filter(
    ({ path, role }) => facts?.acl.some((entry) => entry.who === user && entry.path === path && entry.role === role) !== true,
  )
  return [
    ...(facts?.hasUser === true ? [] : [addUser]),
    ...lacking.map((given) => give(user, given)),
    addToken,
    ...givenTo[tier].map((given) => give(id, given)),
  ]
}

function give(who: string, { path, role }: Given): SetupStep {
  return {
    title: `give ${who} the role ${role} on ${path}`,
    ways: [[manager, 'acl', 'update', path, role, '--auth-id', who]],
    takeBack: [takeAway(who, { path, role })],
  }
}

function takeAway(who: string, { path, role }: Given): Command {
  return [manager, 'acl', 'update', path, role, '--auth-id', who, '--delete', 'true']
}

/** Revokes tokens that were replaced, and takes other tiers from the user. */
export function retire({ user, tier }: SetupGoal, facts: Facts, tokens: readonly string[]): SetupStep[] {
  const kept = givenTo[tier]
  const isKept = ({ path, role }: Given) => kept.some((given) => given.path === path && given.role === role)
  return [...revoke(user, facts, tokens), ...takeFrom(user, facts, (given) => !isKept(given))]
}

/** Takes away the user with its tokens. */
export function remove(user: string, facts: Facts, tokens: readonly string[]): SetupStep[] {
  const all = facts === undefined ? tokens : facts.tokens.map(({ name }) => name)
  const deleteUser: SetupStep = {
    title: `delete the user ${user}`,
    ways: [[manager, 'user', 'remove', user]],
    mayFail: facts === undefined,
  }
  return [...revoke(user, facts, all), ...takeFrom(user, facts, () => true), ...(facts === undefined || facts.hasUser ? [deleteUser] : [])]
}

function revoke(user: string, facts: Facts, tokens: readonly string[]): SetupStep[] {
  return tokens.flatMap((token) => [
    ...takeFrom(`${user}!${token}`, facts, () => true),
    {
      title: `revoke the token ${user}!${token}`,
      ways: [[manager, 'user', 'delete-token', user, token]] as const,
      mayFail: facts === undefined,
    },
  ])
}

/** Without facts, of all a setup may have given. */
function takeFrom(who: string, facts: Facts, isTaken: (given: Given) => boolean): SetupStep[] {
  const usual = Object.values(givenTo).flat()
  const distinct = usual.filter(({ path, role }, index) => usual.findIndex((one) => one.path === path && one.role === role) === index)
  const held = facts === undefined ? distinct : facts.acl.filter((entry) => entry.who === who)
  return held.filter(isTaken).map((given) => ({
    title: `take the role ${given.role} on ${given.path} from ${who}`,
    ways: [takeAway(who, given)] as const,
    mayFail: facts === undefined,
  }))
}
