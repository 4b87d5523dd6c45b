import type { FacetContext, SetupAddress } from '@rackwarden/core'
import type { ProxmoxClient } from '../client.ts'

// The owner's takes the place of the node's own.
const shownFirst = ['pveproxy-ssl.pem', 'pve-ssl.pem']

/** The other nodes of a cluster, each with the fingerprint of what it shows, as the cluster tells; one that is off tells none. */
export async function otherNodes(client: ProxmoxClient, { signal }: FacetContext): Promise<SetupAddress[]> {
  const members = await client.members(signal)
  const others = members.flatMap(({ type, name, ip, local }) => (type === 'node' && ip !== undefined && !local ? [{ name, host: ip }] : []))
  return Promise.all(
    others.map(async (other) => {
      const certificates = await client.certificates(other.name, signal).catch(() => [])
      const found = shownFirst.flatMap((file) => certificates.find(({ filename }) => filename === file)?.fingerprint ?? [])[0]
      return { ...other, ...(found === undefined ? {} : { fingerprint: `SHA256:${found.replace(/^SHA256:/i, '').toUpperCase()}` }) }
    }),
  )
}
