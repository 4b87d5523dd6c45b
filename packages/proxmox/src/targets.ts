/** Kinds of things a cluster has. */
export type TargetKind = 'cluster' | 'node' | 'guest' | 'storage' | 'backup' | 'snapshot'

/** The address of a thing of a cluster; core's grammar leaves the instance out where there is one. */
export function targetOf(instance: string, kind: TargetKind, name: string | number): string {
  return `${instance === 'default' ? 'proxmox' : `proxmox@${instance}`}/${kind}/${name}`
}
