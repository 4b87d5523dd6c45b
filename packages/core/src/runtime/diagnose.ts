import { ToolError } from '../define/error.ts'
import { askEverybody } from '../facets/ask.ts'
import { verifyAudit } from '../record/audit.ts'
import type { Catalogue } from './catalogue.ts'

/** One thing `doctor` looked at, and what to do where it is not well. */
export interface Diagnosis {
  level: 'ok' | 'warning' | 'error'
  subject: string
  message: string
  fix?: string
}

const leastNode = [20, 19] as const

/** Looks at the process, its configuration, its state directory and every instance, in parallel, within 2 seconds. */
export async function diagnose(catalogue: Catalogue): Promise<Diagnosis[]> {
  const [state, audit, instances] = await Promise.all([diagnoseState(catalogue), diagnoseAudit(catalogue), diagnoseInstances(catalogue)])
  return [diagnoseNode(), diagnoseConfiguration(catalogue), state, audit, ...diagnoseServices(catalogue), ...instances]
}

function diagnoseNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])
  return enough
    ? { level: 'ok', subject: 'node', message: process.version }
    : { level: 'error', subject: 'node', message: `${process.version} is too old.`, fix: `Install Node ${leastNode.join('.')} or newer.` }
}

function diagnoseConfiguration({ configuration, tier }: Catalogue): Diagnosis {
  return { level: 'ok', subject: 'configuration', message: `${configuration.file ?? 'environment only, no rackwarden.yaml'}; tier ${tier}` }
}

async function diagnoseState({ runtime: { store, clock } }: Catalogue): Promise<Diagnosis> {
  const probe = `doctor-${process.pid}.json`
  try {
    await store.write(probe, JSON.stringify({ at: clock.now() }))
    await store.remove(probe)
    return { level: 'ok', subject: 'state directory', message: store.directory }
  } catch (error) {
    return {
      level: 'error',
      subject: 'state directory',
      message: error instanceof Error ? error.message : String(error),
      fix: 'Reads go on, writes are refused. Make it writable, or set RACKWARDEN_STATE_DIR.',
    }
  }
}

async function diagnoseAudit({ runtime: { store, audit } }: Catalogue): Promise<Diagnosis> {
  try {
    await audit.flush()
    const { files, lines, problems, unfinished } = await verifyAudit(store.directory)
    if (problems.length > 0)
      return {
        level: 'error',
        subject: 'audit',
        message: `${problems.length} broken links in the chain.`,
        fix: "Run 'audit --verify' to see where.",
      }
    if (unfinished.length > 0)
      return {
        level: 'warning',
        subject: 'audit',
        message: `${unfinished.length} writes began and never ended.`,
        fix: "Run 'audit --verify' and look at their targets.",
      }
    return { level: 'ok', subject: 'audit', message: `${lines} lines in ${files} files, unbroken` }
  } catch (error) {
    return {
      level: 'error',
      subject: 'audit',
      message: error instanceof Error ? error.message : String(error),
      fix: 'Check who may read the state directory.',
    }
  }
}

function diagnoseServices({ mounts }: Catalogue): Diagnosis[] {
  return mounts
    .filter((mount) => mount.instances.length === 0)
    .map((mount) => ({
      level: 'warning',
      subject: mount.service,
      message: 'not configured, and nothing was found on this machine',
      fix: `Set ${mount.missing.join(' and ')}, or add '${mount.service}' under 'services' in rackwarden.yaml.`,
    }))
}

async function diagnoseInstances({ mounts, runtime, configuration }: Catalogue): Promise<Diagnosis[]> {
  const asked = await askEverybody(mounts, runtime, new AbortController().signal, async (mount, client, context) =>
    mount.facets?.health(client, context),
  )
  return asked.map(({ mount, instance, answer, error }) => {
    const subject = instance.name === 'default' ? mount.service : `${mount.service}@${instance.name}`
    const source = configuration.services[mount.service]?.instances.find(({ name }) => name === instance.name)?.source ?? 'simulated'
    if (error === undefined)
      return {
        level: answer?.degraded === true ? 'warning' : 'ok',
        subject,
        message: `${answer?.version ?? 'answers'}: ${answer?.evidence ?? ''} (${source})`,
      }
    return {
      level: 'error',
      subject,
      message: `${error.code}: ${error.message} (${source})`,
      fix: ToolError.isInstance(error) && error.hint !== undefined ? error.hint : 'Check that it runs and that its address is right.',
    }
  })
}
