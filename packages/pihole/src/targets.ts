/** The address of something in plans and findings; what all instances have alike is told without one. */
export function targetOf(kind: string, name: string): string {
  return `pihole/${kind}/${name}`
}

/** The address of something that is one instance's own. */
export function ownTargetOf(instance: string, kind: string, name: string): string {
  return `${instance === 'default' ? 'pihole' : `pihole@${instance}`}/${kind}/${name}`
}
