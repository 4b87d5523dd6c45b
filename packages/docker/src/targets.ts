/** The address of a container in plans, findings and assets; core's grammar leaves the instance out where there is one. */
export function containerTarget(instance: string, name: string): string {
  return `${instance === 'default' ? 'docker' : `docker@${instance}`}/container/${name}`
}
