/** Kinds of things an engine has. */
export type TargetKind = 'engine' | 'container' | 'network' | 'volume' | 'image' | 'build-cache' | 'directory'

/** The address of a thing of an engine; core's grammar leaves the instance out where there is one. */
export function targetOf(instance: string, kind: TargetKind, name: string): string {
  return `${instance === 'default' ? 'docker' : `docker@${instance}`}/${kind}/${name}`
}

/** The address of a container in plans, findings and assets. */
export function containerTarget(instance: string, name: string): string {
  return targetOf(instance, 'container', name)
}
