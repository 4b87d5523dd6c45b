import { ToolError } from '../define/error.ts'
import { askEverybody } from '../facets/ask.ts'
import { cleanText } from '../present/clean.ts'
import type { Catalogue } from './catalogue.ts'
import { diagnoseAcknowledgement, diagnoseApproval } from './diagnose-approval.ts'
import { diagnoseConfiguration, diagnosePins, diagnoseRights, diagnoseSecrets, subjectOf } from './diagnose-credentials.ts'
import { diagnoseDocs } from './diagnose-docs.ts'
import { diagnoseNotify } from './diagnose-notify.ts'
import { diagnoseAudit, diagnoseClock, diagnoseState } from './diagnose-state.ts'
import type { Diagnosis } from './diagnosis.ts'

const leastNode = [20, 19] as const

/** The rest of what `doctor` says does not wait longer than this for a record that takes long to read. */
const limitMs = 2_000

/** Looks at the process, its configuration, its records and every instance, in parallel, within 2 seconds. */
export async function diagnose(catalogue: Catalogue): Promise<Diagnosis[]> {
  const { runtime } = catalogue
  const [clock, configuration, state, audit, approval, docs, instances, rights] = await Promise.all([
    inTime('clock', diagnoseClock(runtime), catalogue),
    inTime('configuration', diagnoseConfiguration(catalogue), catalogue),
    inTime('state directory', diagnoseState(runtime), catalogue),
    inTime('audit', diagnoseAudit(runtime), catalogue),
    inTime('approval', diagnoseApproval(catalogue), catalogue),
    allInTime('docs', diagnoseDocs(catalogue), catalogue),
    diagnoseInstances(catalogue),
    diagnoseRights(catalogue),
  ])
  const services = [...diagnoseServices(catalogue), ...instances, ...diagnosePins(catalogue), ...diagnoseSecrets(catalogue), ...rights]
  // An upstream's version or error may be in it, on its way to a terminal.
  const shown = (text: string) => runtime.secrets.text(cleanText(text)).replaceAll(/\s*\n\s*/g, ' ')
  const told = [...diagnoseNotify(catalogue), ...diagnoseAcknowledgement(runtime)]
  return [diagnoseNode(), clock, configuration, state, audit, approval, ...docs, ...told, ...services].map(({ fix, ...diagnosis }) => ({
    ...diagnosis,
    message: shown(diagnosis.message),
    ...(fix === undefined ? {} : { fix: shown(fix) }),
  }))
}

/** A diagnosis, or that it takes longer than anybody waits. */
async function inTime(subject: string, looking: Promise<Diagnosis>, catalogue: Catalogue): Promise<Diagnosis> {
  const [diagnosis] = await allInTime(
    subject,
    looking.then((found) => [found]),
    catalogue,
  )
  return diagnosis!
}

/** What a look comes to, or that it takes longer than anybody waits. */
async function allInTime(subject: string, looking: Promise<readonly Diagnosis[]>, { runtime }: Catalogue): Promise<readonly Diagnosis[]> {
  const timer = new AbortController()
  const late = runtime.clock.sleep(limitMs, timer.signal).then(
    (): readonly Diagnosis[] => [
      {
        level: 'warning',
        subject,
        message: `not known within ${limitMs / 1000} s`,
        fix:
          subject === 'audit' || subject === 'approval'
            ? "The audit is long; run 'audit --verify'."
            : 'Is its disk or network share answering?',
      },
    ],
    () => looking,
  )
  try {
    return await Promise.race([looking, late])
  } finally {
    timer.abort()
  }
}

function diagnoseNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])
  return enough
    ? { level: 'ok', subject: 'node', message: process.version }
    : { level: 'error', subject: 'node', message: `${process.version} is too old.`, fix: `Install Node ${leastNode.join('.')} or newer.` }
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
    const subject = subjectOf(mount, instance.name)
    const isForeign = configuration.upstreams?.some(({ name }) => name === mount.service) === true
    const own = configuration.services[mount.service]?.instances.find(({ name }) => name === instance.name)?.source
    const source = own ?? (isForeign ? 'upstream' : 'simulated')
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
