import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isLoopback } from '../config/loopback.ts'
import { readTextFile } from '../config/text-file.ts'
import { askEverybody } from '../facets/ask.ts'
import { allows, lowestTier } from '../define/access.ts'
import { traitsOf } from '../define/field.ts'
import type { Catalogue } from './catalogue.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Mount } from './mount.ts'

/** Values shorter than this are withheld by the name of their field only. */
const shortestFiltered = 8

interface Configured {
  subject: string
  mount: Mount
  values: Readonly<Record<string, unknown>>
}

/** Looks at who may read and write the configuration file, with the secrets that stand in it. */
export async function diagnoseConfiguration(catalogue: Catalogue): Promise<Diagnosis> {
  const { configuration, tier } = catalogue
  const subject = 'configuration'
  const path = configuration.file
  if (path === undefined) return { level: 'ok', subject, message: `environment only, no rackwarden.yaml; tier ${tier}` }
  const [found, text] = await Promise.all([stat(path).catch(() => undefined), readTextFile(path).catch(() => '')])
  const mode = process.platform === 'win32' || found?.isFile() !== true ? 0 : found.mode
  if ((mode & 0o022) !== 0)
    return {
      level: 'warning',
      subject,
      message: `${path} can be written by other users, tier and addresses included.`,
      fix: `chmod 600 ${path}`,
    }
  const literals = configured(catalogue)
    .flatMap(secretsOf)
    .filter(({ value }) => value.length >= 4 && text.includes(value))
  if ((mode & 0o044) !== 0 && !(await every(literals, ({ value }) => isFile(value))))
    return {
      level: 'warning',
      subject,
      message: `${path} holds a secret and can be read by other users.`,
      fix: `chmod 600 ${path}, and write secrets as file:/path or env:NAME.`,
    }
  return { level: 'ok', subject, message: `${path}; tier ${tier}` }
}

/** A key may be named by the file it is in, which tells nobody the key. */
async function isFile(value: string): Promise<boolean> {
  if (!/^~?\//.test(value)) return false
  const found = await stat(value.replace(/^~/, homedir())).catch(() => undefined)
  return found?.isFile() === true
}

async function every<Item>(items: readonly Item[], holds: (item: Item) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(items.map(holds))).every(Boolean)
}

/** Looks at what each connection rests on: a pin, an authority, or nothing. */
export function diagnosePins(catalogue: Catalogue): Diagnosis[] {
  const told = configured(catalogue).flatMap(({ subject, values, mount }): Diagnosis[] => {
    const url = typeof values['url'] === 'string' && URL.canParse(values['url']) ? new URL(values['url']) : undefined
    if (values['tlsInsecure'] === true)
      return [
        {
          level: 'warning',
          subject,
          message: 'any certificate is accepted (tlsInsecure)',
          fix: 'Remove tlsInsecure: the refusal then shows the fingerprint to pin as tlsFingerprint.',
        },
      ]
    const secrets = secretsOf({ subject, values, mount })
    if (url?.protocol === 'http:' && !isLoopback(url.hostname) && (secrets.length > 0 || url.password !== ''))
      return [
        {
          level: 'warning',
          subject,
          message: `the credential travels unencrypted to ${url.host}`,
          fix: 'Use https, with tlsFingerprint where the certificate is signed by nobody known.',
        },
      ]
    if (url?.protocol === 'ssh:' && 'sshHostKey' in mount.fields && values['sshHostKey'] === undefined)
      return [{ level: 'ok', subject, message: 'no sshHostKey is pinned; known_hosts counts' }]
    return []
  })
  return told
}

/** Looks for secrets too short to be found in other text. */
export function diagnoseSecrets(catalogue: Catalogue): Diagnosis[] {
  return configured(catalogue).flatMap((entry) =>
    secretsOf(entry)
      .filter(({ value }) => value.length < shortestFiltered)
      .map(({ field }) => ({
        level: 'warning',
        subject: entry.subject,
        message: `'${field}' is shorter than ${shortestFiltered} characters, so it is not filtered from what others write`,
        fix: 'Give it a longer one; short values are withheld by the name of their field only.',
      })),
  )
}

/** Holds what a credential may do at its upstream against what is granted here. */
export async function diagnoseRights({ mounts, runtime, tier }: Catalogue): Promise<Diagnosis[]> {
  const asked = await askEverybody(mounts, runtime, new AbortController().signal, async (mount, client, context) =>
    mount.facets?.rights(client, context),
  )
  return asked.flatMap(({ mount, instance, answer }): Diagnosis[] => {
    // What cannot be asked is told by its health.
    if (answer === undefined) return []
    const subject = subjectOf(mount, instance.name)
    const granted = lowestTier(tier, mount.tier ?? tier)
    const told = `the credential may ${answer.highest} (${answer.evidence}), the tier is ${granted}`
    if (answer.highest === granted) return [{ level: 'ok', subject, message: told }]
    return [
      allows(answer.highest, granted)
        ? {
            level: 'warning',
            subject,
            message: told,
            fix: 'Where the upstream has narrower credentials, use one that may do no more than the tier.',
          }
        : {
            level: 'warning',
            subject,
            message: told,
            fix: `Give it a credential that may ${granted}, or lower its tier to ${answer.highest}.`,
          },
    ]
  })
}

/** How an instance is named to its owner. */
export function subjectOf(mount: Mount, instance: string): string {
  return instance === 'default' ? mount.service : `${mount.service}@${instance}`
}

function configured({ mounts, configuration }: Catalogue): Configured[] {
  return mounts.flatMap((mount) =>
    (configuration.services[mount.service]?.instances ?? []).flatMap(({ name, values }) =>
      values === undefined ? [] : [{ subject: subjectOf(mount, name), mount, values }],
    ),
  )
}

function secretsOf({ mount, values }: Configured): { field: string; value: string }[] {
  return Object.entries(mount.fields).flatMap(([field, schema]) => {
    const value = values[field]
    return traitsOf(schema).secret === true && typeof value === 'string' ? [{ field, value }] : []
  })
}
