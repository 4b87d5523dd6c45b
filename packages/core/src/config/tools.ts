import { z } from 'zod'
import { ToolError } from '../define/error.ts'
import type { Service } from '../define/service.ts'
import type { ServiceConfiguration } from './configuration.ts'
import type { ConfigurationFile } from './file.ts'
import { recordOf, refuseUnknown } from './shape.ts'

type Entry = Readonly<Record<string, unknown>>

/** Unprefixed names of the tools of a service that are switched off. */
export function toolsOff(entry: Entry, service: Service, file: ConfigurationFile | undefined): string[] {
  const tools = recordOf(entry['tools'] ?? {}, 'tools', file, 'services', service.name, 'tools')
  refuseUnknown(Object.keys(tools), ['off'], file, 'services', service.name, 'tools')
  const off = z.array(z.string()).safeParse(tools['off'] ?? [])
  if (!off.success)
    throw new ToolError('invalid_config', `${file?.at('services', service.name, 'tools')}: 'off' must be a list of tool names.`, {
      hint: 'Write `tools: { off: [get_logs] }`.',
    })
  refuseUnknown(
    off.data,
    service.tools.map((tool) => tool.definition.name),
    file,
    'services',
    service.name,
    'tools',
    'off',
  )
  return off.data
}

/** The toolsets of a service that are on, where the file names any. */
export function toolsetsOn(entry: Entry, service: Service, file: ConfigurationFile | undefined): Pick<ServiceConfiguration, 'toolsetsOn'> {
  if (entry['toolsets'] === undefined) return {}
  const on = z.array(z.string()).safeParse(entry['toolsets'])
  const known = Object.keys(service.toolsets ?? {})
  if (!on.success)
    throw new ToolError('invalid_config', `${file?.at('services', service.name, 'toolsets')}: 'toolsets' must be a list of names.`, {
      hint:
        known.length === 0
          ? `${service.title} has no toolsets; leave it out.`
          : `Write \`toolsets: [${known.join(', ')}]\`, or fewer of them.`,
    })
  refuseUnknown(on.data, known, file, 'services', service.name, 'toolsets')
  return { toolsetsOn: on.data }
}
