import { z } from 'zod'
import { accessLevels } from '../define/access.ts'
import { ToolError } from '../define/error.ts'
import { approvals, channels, defaultApproval, type ApprovalPolicy } from '../policy/required-approval.ts'
import type { ConfigurationFile } from './file.ts'
import { readNotify, type NotifyConfiguration, type NotifyOptions } from './notify.ts'
import { recordOf, refuseUnknown } from './shape.ts'

/** Keys that may stand under `approval`. */
export const approvalKeys = ['tiers', 'services', 'tools', 'targets', 'channels', 'notify'] as const

/** Reads who must agree; throws `invalid_config` naming the line. */
export function approvalPolicy(value: unknown, file: ConfigurationFile | undefined): ApprovalPolicy {
  const given = recordOf(value, 'approval', file, 'approval')
  refuseUnknown(Object.keys(given), approvalKeys, file, 'approval')
  const levels = (key: string, known?: readonly string[]) => {
    const entries = recordOf(given[key], key, file, 'approval', key)
    if (known !== undefined) refuseUnknown(Object.keys(entries), known, file, 'approval', key)
    return Object.fromEntries(
      Object.entries(entries).map(([name, level]) => {
        const approval = approvals.find((candidate) => candidate === level)
        if (approval !== undefined) return [name, approval]
        throw wrong(file, ['approval', key, name], `'${name}' must be one of ${approvals.join(', ')}.`)
      }),
    )
  }
  const asked = z.array(z.enum(channels)).safeParse(given['channels'] ?? [...channels])
  if (!asked.success) throw wrong(file, ['approval', 'channels'], `'channels' must be a list of ${channels.join(', ')}.`)
  return {
    tiers: { ...defaultApproval.tiers, ...levels('tiers', accessLevels.slice(1)) },
    services: levels('services'),
    tools: levels('tools'),
    targets: levels('targets'),
    channels: asked.data,
  }
}

/** Reads how a person is told of requests; undefined where nothing is said of it. */
export async function notifyConfiguration(
  value: unknown,
  file: ConfigurationFile | undefined,
  options: NotifyOptions,
): Promise<NotifyConfiguration | undefined> {
  const { notify } = recordOf(value, 'approval', file, 'approval')
  return notify === undefined || notify === null ? undefined : readNotify(notify, file, options)
}

/** Reads the target patterns no write may touch; throws `invalid_config` naming the line. */
export function protectedPatterns(value: unknown, file: ConfigurationFile | undefined): readonly string[] {
  const patterns = z.array(z.string().regex(/^[a-z0-9*][a-z0-9*-]*(?:@[^/]+)?\/.+$/i)).safeParse(value ?? [])
  if (patterns.success) return patterns.data
  throw wrong(file, ['protect'], `'protect' must be a list of targets such as docker/container/traefik or proxmox@main/guest/1*.`)
}

function wrong(file: ConfigurationFile | undefined, path: readonly string[], message: string): ToolError {
  return new ToolError('invalid_config', `${file?.at(...path) ?? 'configuration'}: ${message}`, {
    hint: 'docs/access-and-approval.md shows what may stand there.',
  })
}
