import { agentFor, createHome, type Home } from './home.ts'
import { startNode, type NodeState, type PretendNode } from './node.ts'

/** Where setup writes, below a home. */
export const file = '.config/rackwarden/rackwarden.yaml'
export const secretFile = '.config/rackwarden/secrets/proxmox-tokenSecret'

/** A node, and a home with a key it lets in. */
export async function openLab(
  own: Partial<NodeState> = {},
  environment: Record<string, string> = {},
): Promise<{ node: PretendNode; home: Home }> {
  const node = await startNode(own)
  return { node, home: await createHome({ SSH_AUTH_SOCK: await agentFor(node), ...environment }) }
}

/** What is said to a node whose key is pinned, where nobody is asked. */
export function told(node: PretendNode, tier: string): readonly string[] {
  return ['--yes', '--host', node.url, '--tier', tier, '--ssh-host-key', node.ssh.hostFingerprint()]
}

/** What a setup may change of a node. */
export function kept({ users, roles, acl }: NodeState): Pick<NodeState, 'users' | 'roles' | 'acl'> {
  return { users, roles, acl }
}

/** The id of the token that is configured. */
export async function tokenIn(home: Home): Promise<string> {
  return /tokenId: (\S+)/.exec(await home.text(file))?.[1] ?? ''
}
