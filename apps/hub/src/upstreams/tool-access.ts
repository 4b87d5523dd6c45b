import type { Access } from '@rackwarden/core'
import type { UpstreamConfiguration } from '@rackwarden/core/runtime'
import type { ToolDefinition } from './definitions.ts'

/** What a tool may do, by the owner's word, else by its annotations, which count only once they are accepted. */
export function accessOf({ name, annotations = {} }: ToolDefinition, { access }: Pick<UpstreamConfiguration, 'access'>): Access | 'off' {
  const said = access.find(({ pattern }) => fits(pattern, name))
  if (said !== undefined) return said.access
  if (annotations.readOnlyHint === true) return 'observe'
  return annotations.destructiveHint === false ? 'configure' : 'admin'
}

/** Letters count as they are written: `*` stands for any text, everything else for itself. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === name
  if (!name.startsWith(first)) return false
  let at = first.length
  const last = rest.pop() ?? ''
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return name.length - at >= last.length && name.endsWith(last)
}
