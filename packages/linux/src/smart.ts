import { z } from 'zod'
import type { Verdict } from './verdict.ts'

/** What SMART says of one disk. */
export interface Smart {
  model: string
  serial: string
  firmware: string
  size: number
  kind: string
  verdict: Verdict
  evidence: string
  /** As the disk judges itself. */
  passed: boolean | undefined
  reallocated: number | undefined
  pending: number | undefined
  uncorrectable: number | undefined
  mediaErrors: number | undefined
  /** Errors on the way to the disk: cable, backplane. */
  crcErrors: number | undefined
  /** Percent used of what an SSD is built for. */
  wearPercent: number | undefined
  celsius: number | undefined
  hours: number | undefined
}

// Made when the first disk is judged: the tools are listed without it.
const report = z.lazy(() => {
  const number = z.number().optional().catch(undefined)
  const text = z.string().optional().catch(undefined)
  return z.object({
    smartctl: z
      .object({
        exit_status: number,
        messages: z
          .array(z.object({ string: text }))
          .optional()
          .catch(undefined),
      })
      .optional(),
    device: z.object({ type: text, protocol: text }).optional(),
    model_name: text,
    scsi_model_name: text,
    serial_number: text,
    firmware_version: text,
    user_capacity: z.object({ bytes: number }).optional().catch(undefined),
    rotation_rate: number,
    smart_status: z.object({ passed: z.boolean().optional() }).optional(),
    temperature: z.object({ current: number }).optional(),
    power_on_time: z.object({ hours: number }).optional(),
    ata_smart_attributes: z
      .object({
        table: z.array(
          z.object({
            id: z.number(),
            name: text,
            value: number,
            when_failed: text,
            raw: z.object({ value: number }).optional(),
          }),
        ),
      })
      .optional(),
    nvme_smart_health_information_log: z
      .object({
        critical_warning: number,
        available_spare: number,
        available_spare_threshold: number,
        percentage_used: number,
        media_errors: number,
      })
      .optional(),
    scsi_grown_defect_list: number,
    power_mode: z.unknown().optional(),
  })
})

type Report = z.output<typeof report>

/** Judges what `smartctl --json` printed about one disk. */
export function smartOf(json: string): Smart {
  const read = report.safeParse(parsed(json))
  const found: Report = read.success ? read.data : {}
  const attribute = (...ids: number[]) => found.ata_smart_attributes?.table.find(({ id }) => ids.includes(id))
  const nvme = found.nvme_smart_health_information_log
  const facts = {
    model: found.model_name ?? found.scsi_model_name ?? '',
    serial: found.serial_number ?? '',
    firmware: found.firmware_version ?? '',
    size: found.user_capacity?.bytes ?? 0,
    kind: nvme !== undefined ? 'nvme' : found.rotation_rate === undefined ? '' : found.rotation_rate > 0 ? 'hdd' : 'ssd',
    passed: found.smart_status?.passed,
    reallocated: attribute(5)?.raw?.value ?? found.scsi_grown_defect_list,
    pending: attribute(197)?.raw?.value,
    uncorrectable: attribute(198)?.raw?.value,
    mediaErrors: nvme?.media_errors,
    crcErrors: attribute(199)?.raw?.value,
    wearPercent: nvme?.percentage_used ?? wearOf(attribute(231, 233, 177, 173, 202)?.value),
    celsius: found.temperature?.current,
    hours: found.power_on_time?.hours,
  }
  return { ...facts, ...judged(facts, found, read.success) }
}

// Makers count these down from 100 as the cells wear out.
function wearOf(left: number | undefined): number | undefined {
  return left === undefined ? undefined : Math.max(0, 100 - left)
}

type Facts = Omit<Smart, 'verdict' | 'evidence'>

function judged(facts: Facts, found: Report, isReport: boolean): { verdict: Verdict; evidence: string } {
  const failing =
    found.ata_smart_attributes?.table.filter(({ when_failed }) => when_failed === 'now' || when_failed === 'FAILING_NOW') ?? []
  const nvme = found.nvme_smart_health_information_log
  const spare = nvme?.available_spare ?? 100
  const severe = 100
  const [pending, uncorrectable, reallocated] = [facts.pending ?? 0, facts.uncorrectable ?? 0, facts.reallocated ?? 0]
  const mediaErrors = facts.mediaErrors ?? 0
  const wear = facts.wearPercent ?? 0
  const limit = facts.kind === 'hdd' ? 60 : 75
  const signs: [Verdict, string][] = [
    ...(facts.passed === false ? [['crit', 'it judges itself failing'] as [Verdict, string]] : []),
    ...failing.map(({ name }): [Verdict, string] => ['crit', `${name ?? 'an attribute'} is below its threshold`]),
    ...((nvme?.critical_warning ?? 0) > 0 ? [['crit', `critical warning ${nvme?.critical_warning}`] as [Verdict, string]] : []),
    ...(spare < (nvme?.available_spare_threshold ?? 0) ? [['crit', `${spare} % spare left`] as [Verdict, string]] : []),
    ...sign(pending, pending >= severe ? 'crit' : 'warn', `${pending} sectors pending`),
    ...sign(uncorrectable, uncorrectable >= severe ? 'crit' : 'warn', `${uncorrectable} sectors uncorrectable`),
    ...sign(reallocated, reallocated >= severe ? 'crit' : 'warn', `${reallocated} sectors reallocated`),
    ...sign(mediaErrors, 'warn', `${mediaErrors} media errors`),
    ...(wear >= 90 ? [[wear >= 100 ? 'crit' : 'warn', `${wear} % of its life used`] as [Verdict, string]] : []),
    ...((facts.celsius ?? 0) >= limit ? [['warn', `${facts.celsius} °C`] as [Verdict, string]] : []),
  ]
  if (signs.length > 0)
    return {
      verdict: signs.some(([verdict]) => verdict === 'crit') ? 'crit' : 'warn',
      evidence: signs.map(([, words]) => words).join(', '),
    }
  if (facts.passed === undefined && facts.hours === undefined) return { verdict: 'unknown', evidence: silenceOf(found, isReport) }
  return { verdict: 'ok', evidence: facts.passed === true ? 'passed, and nothing counts against it' : 'nothing counts against it' }
}

function sign(count: number, verdict: Verdict, words: string): [Verdict, string][] {
  return count > 0 ? [[verdict, words]] : []
}

function silenceOf({ smartctl, power_mode }: Report, isReport: boolean): string {
  const said = smartctl?.messages?.map((message) => message.string ?? '').join(' ') ?? ''
  if (!isReport || smartctl === undefined) return 'smartctl said nothing that can be read; it must be 7.0 or newer'
  if (/Permission denied|Operation not permitted/i.test(said)) return 'only root may ask it: set sudo'
  if (power_mode !== undefined || /STANDBY|SLEEP/i.test(said)) return 'it sleeps, and was not woken'
  return said === '' ? 'it has no SMART' : said.replaceAll(/\s+/g, ' ').slice(0, 120)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}
