import { createApprovalRequests } from '../approve/approval-requests.ts'
import { openOwner } from '../approve/owner.ts'
import { accessLevels, adminAcknowledgement, allows } from '../define/access.ts'
import { defaultApproval } from '../policy/required-approval.ts'
import { readAudit } from '../record/audit.ts'
import type { Catalogue } from './catalogue.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Runtime } from './runtime.ts'

const subject = 'approval'

/** Looks at whether a person who must agree can: a passphrase, its key, and what waits for them. */
export async function diagnoseApproval(catalogue: Catalogue): Promise<Diagnosis> {
  const { runtime } = catalogue
  const owner = openOwner(runtime)
  const [key, known] = await Promise.all([owner.fingerprint(), keySetLast(runtime)])
  if (known !== undefined && key !== known)
    return {
      level: 'error',
      subject,
      message: `The owner's key is ${key ?? 'gone'}; the audit says that it was ${known}.`,
      fix: 'If that was not you, somebody else can write the state directory: see SECURITY.md. Revoke every token, and look at the audit.',
    }
  if (key === undefined && needsPerson(catalogue))
    return {
      level: 'warning',
      subject,
      message: 'A person must agree to some writes, and no passphrase is set: they can be asked in their client only.',
      fix: "Run 'owner set-passphrase' in a terminal of your own, before an assistant does it for you.",
    }
  const waiting = (await createApprovalRequests(runtime, owner).pending()).length
  const passphrase = key === undefined ? 'no passphrase is set, and nothing here takes one' : `a passphrase is set, its key is ${key}`
  return { level: 'ok', subject, message: `${passphrase}; ${waiting === 1 ? '1 request waits' : `${waiting} requests wait`} for a person` }
}

/** Looks at an acknowledgement that was meant and says something else. */
export function diagnoseAcknowledgement({ environment }: Runtime): Diagnosis[] {
  const said = environment['RACKWARDEN_ADMIN']
  if (said === undefined || said === '' || said === adminAcknowledgement) return []
  return [
    {
      level: 'warning',
      subject: 'RACKWARDEN_ADMIN',
      message: "It is set, but not to the text that counts; the tier 'admin' is not granted.",
      fix: `If it is meant: RACKWARDEN_ADMIN=${adminAcknowledgement}. If not, take it away.`,
    },
  ]
}

function needsPerson({ tier, configuration: { approval = defaultApproval } }: Catalogue): boolean {
  const tiers = { ...defaultApproval.tiers, ...approval.tiers }
  const byTier = accessLevels.filter((access) => allows(tier, access)).map((access) => tiers[access])
  const said = [...byTier, ...[approval.services, approval.tools, approval.targets].flatMap((entries) => Object.values(entries))]
  return tier !== 'observe' && said.includes('human')
}

/** The key the owner was told to write down, going by the audit. */
async function keySetLast({ store }: Runtime): Promise<string | undefined> {
  const [line] = await readAudit(store.directory, { tool: 'owner set-passphrase', kind: 'approval', limit: 20 }).then((lines) =>
    lines.filter(({ result }) => result === 'set' || result === 'changed').slice(-1),
  )
  const { key } = (line?.input ?? {}) as { key?: unknown }
  return typeof key === 'string' ? key : undefined
}
