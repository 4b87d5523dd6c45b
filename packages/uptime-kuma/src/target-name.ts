/** The address of a thing in plans, findings and assets; core's grammar leaves the instance out where there is one. */
export function targetName(instance: string, kind: 'maintenance' | 'monitor' | 'tag', name: string): string {
  return `${instance === 'default' ? 'uptime-kuma' : `uptime-kuma@${instance}`}/${kind}/${name}`
}
