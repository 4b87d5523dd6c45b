import { z } from 'zod'
import { count, flag, number, text } from './values.ts'

/** `GET …/status/current`, of either kind of guest. */
export const guestStatus = z.object({
  vmid: count,
  name: text,
  status: z.string(),
  qmpstatus: text,
  lock: text,
  uptime: number,
  cpu: number,
  cpus: number,
  mem: number,
  maxmem: number,
  pid: number,
  agent: flag,
  ha: z.object({ managed: flag, state: text, group: text }).nullish(),
})

/** `GET …/config`: every key there is, as text. */
export const guestConfig = z.record(z.string(), z.unknown()).transform((whole) => {
  const told = Object.entries(whole).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, String(value)] as const] : [],
  )
  return Object.fromEntries(told) as GuestConfig
})
export type GuestConfig = Readonly<Record<string, string | undefined>>

/** One row of `GET …/snapshot`; the one named `current` is the guest as it is. */
export const snapshot = z.object({ name: z.string(), description: text, parent: text, snaptime: number, vmstate: flag })
export type Snapshot = z.output<typeof snapshot>

/** `GET …/feature`. */
export const feature = z.object({ hasFeature: flag })

const address = z.object({ 'ip-address': text, 'ip-address-type': text, prefix: number })

/** What the agent says of the interfaces it sees. */
export const agentInterfaces = z.object({
  result: z.array(z.object({ name: text, 'hardware-address': text, 'ip-addresses': z.array(address).nullish() })),
})
/** One row of `GET …/lxc/{vmid}/interfaces`. */
export const containerInterface = z.object({ name: text, hwaddr: text, inet: text, inet6: text })
