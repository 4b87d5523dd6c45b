import { fixedNames, prefixOf, ToolError, verbs, type Service } from '@rackwarden/core'

/** Words names of ours begin with: an upstream of such a name would have tools that read like ours. */
function ownWords(): Set<string> {
  return new Set([...Object.keys(verbs), ...fixedNames.map((name) => name.split('_')[0] ?? name), 'call', 'rackwarden', 'upstreams'])
}

/** Why an upstream cannot be called so; undefined where it can. */
export function nameProblem(name: string, services: readonly Pick<Service, 'name'>[]): ToolError | undefined {
  const prefix = prefixOf(name)
  const same = services.find((service) => prefixOf(service.name) === prefix)
  if (same !== undefined)
    return new ToolError('invalid_config', `upstreams: '${name}' is the name of a service of ours.`, {
      hint: `Call it something else, such as ${name}-mcp.`,
    })
  if (!ownWords().has(name.split('-')[0] ?? name)) return undefined
  return new ToolError('invalid_config', `upstreams: with the name '${name}' its tools would read like ours.`, {
    hint: `Call it something else, such as my-${name}.`,
  })
}
