/** The address of a thing in plans, findings and assets; core's grammar leaves the instance out where there is one. */
export function targetName(
  instance: string,
  kind: 'alert' | 'alertmanager' | 'job' | 'rule' | 'server' | 'silence' | 'target',
  name: string,
): string {
  return `${instance === 'default' ? 'prometheus' : `prometheus@${instance}`}/${kind}/${name}`
}
