/** The address of something on a host in plans, findings and assets. */
export function targetOf(instance: string, kind: string, name: string): string {
  // A path keeps its shape; what is first in it would otherwise part an empty name.
  const path = name === '/' ? 'root' : name.replace(/^\//, '')
  return `${instance === 'default' ? 'linux' : `linux@${instance}`}/${kind}/${path}`
}
