import { ToolError, type SetupAddress } from '@rackwarden/core'
import { withClient } from '@rackwarden/core/runtime'
import { shown } from '../init/pin.ts'
import { pinFor } from './certificate.ts'
import type { SetUpValues } from './entry.ts'
import type { Scene } from './scene.ts'

const limitMs = 20_000

/** What is written of the other addresses: where they are, and the pins of all of them together. */
type Written = Pick<SetUpValues, 'otherUrls' | 'tlsFingerprint'>

/** An address that is written, with its pin where it needs one and that is known. */
interface Entry {
  url: string
  pin: string | undefined
  isProven: boolean
}

/**
 * The addresses a target is reached at where the first is gone, as the target itself tells them: each has to show from here the
 * certificate it says it has. What the owner wrote stays as long as it may be one of them.
 */
export async function otherAddresses(scene: Scene, values: SetUpValues): Promise<Written> {
  const { setup, service, desk, entry, terminal } = scene
  const { tlsFingerprint: pin } = values
  const { find } = setup.others ?? {}
  if (find === undefined) return { otherUrls: values.otherUrls, tlsFingerprint: pin }
  const configured = listIn(entry.values?.['otherUrls'])
  const pinned = listIn(entry.values?.['tlsFingerprint'])
  try {
    const told = await withClient(service, given({ ...values, otherUrls: undefined }), desk.runtime, async (client) =>
      find(client, { instance: 'default', signal: AbortSignal.timeout(limitMs) }),
    )
    const members = told.filter(({ host }) => bare(host) !== hostOf(values.url))
    const tried = await Promise.all(members.map(async (member) => ({ member, ...(await tryAt(scene, member, values)) })))
    const left = tried.flatMap(({ member, reason }) => (reason === undefined ? [] : [{ member, reason }]))
    const kept = configured.filter((url) => !isNumber(hostOf(url)) || members.some((member) => isOf(url, member)))
    const found = tried.flatMap(({ entry: one, member }) => (one === undefined || kept.some((url) => isOf(url, member)) ? [] : [one]))
    const entries = [...kept.map((url): Entry => provenAs(url, tried) ?? { url, pin: undefined, isProven: false }), ...found]
    if (entries.length > 0)
      terminal.print(`Where ${values.url} does not answer, it is asked at ${entries.map(({ url }) => url).join(', ')}.`)
    for (const { member, reason } of left.filter(({ member: one }) => !kept.some((url) => isOf(url, one))))
      terminal.print(shown(`  ${member.name} (${member.host}) is left out: ${reason} Setup that is run again looks anew.`, desk.runtime))
    // What could not be looked at now is trusted as it was.
    const before = entries.every(({ isProven }) => isProven) ? [] : pinned
    const pins = [...new Set([pin, ...entries.map((one) => one.pin), ...before].filter((one) => one !== undefined))]
    return { otherUrls: joined(entries.map(({ url }) => url)), tlsFingerprint: pin === undefined ? undefined : joined(pins) }
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    terminal.print(shown(`The other addresses are left as they are, for they could not be asked for: ${error.message}`, desk.runtime))
    return { otherUrls: joined(configured), tlsFingerprint: pin === undefined ? undefined : joined([...new Set([pin, ...pinned])]) }
  }
}

/** Looks whether an address shows what it should; where the first needs no pin, none other may. */
async function tryAt(
  { setup, desk }: Scene,
  { host, fingerprint }: SetupAddress,
  { url: first, tlsFingerprint }: SetUpValues,
): Promise<{ entry?: Entry; reason?: string }> {
  const url = `https://${host.includes(':') ? `[${bare(host)}]` : host}:${new URL(first).port || setup.port}`
  if (fingerprint === undefined) return { reason: 'what its certificate is was not told.' }
  try {
    const pin = await pinFor(url, fingerprint, desk.runtime)
    if (pin !== undefined && tlsFingerprint === undefined)
      return { reason: 'its certificate would have to be pinned, and where one is pinned no authority counts any more.' }
    // A pin at one of them counts at all of them.
    return { entry: { url, pin: tlsFingerprint === undefined ? undefined : fingerprint, isProven: true } }
  } catch (error) {
    if (ToolError.isInstance(error)) return { reason: error.message }
    throw error
  }
}

function provenAs(url: string, tried: readonly { member: SetupAddress; entry?: Entry }[]): Entry | undefined {
  const found = tried.find(({ member, entry }) => entry !== undefined && isOf(url, member))?.entry
  return found === undefined ? undefined : { ...found, url }
}

/** Whether an address is that of a member, by what it is told or called. */
function isOf(url: string, { host, name }: SetupAddress): boolean {
  const own = hostOf(url)
  return own === bare(host) || (!isNumber(own) && own.split('.')[0] === name.toLowerCase())
}

function isNumber(host: string): boolean {
  return /^[\d.]+$|:/.test(host)
}

function listIn(value: unknown): string[] {
  return typeof value === 'string'
    ? value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : []
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',')
}

function given(values: Readonly<SetUpValues>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function hostOf(url: string): string {
  return URL.canParse(url) ? bare(new URL(url).hostname) : url
}

function bare(host: string): string {
  return host.replaceAll(/[[\]]/g, '').toLowerCase()
}
