import { getServers } from 'node:dns'
import { networkInterfaces } from 'node:os'

/** The target of a plan that would touch the guest this process runs in; core refuses it always. */
export const ownGuest = 'rackwarden/process/guest'

/** What a guest is recognised by as the one this process runs in, or leans on. */
export interface OwnMachine {
  macs: readonly string[]
  /** Who this machine asks for names. */
  nameServers: readonly string[]
}

/** Reads both from this machine, contacting nobody. */
export function ownMachine(): OwnMachine {
  const interfaces = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  return {
    macs: [
      ...new Set(interfaces.filter(({ internal, mac }) => !internal && mac !== '00:00:00:00:00:00').map(({ mac }) => mac.toLowerCase())),
    ],
    nameServers: getServers().map((server) => server.replace(/^\[|\](?::\d+)?$/g, '')),
  }
}

/** What a plan names besides its targets, where the guest it touches is the one we run in. */
export function ownTargets(macs: readonly string[], own: OwnMachine): string[] {
  return macs.some((mac) => own.macs.includes(mac)) ? [ownGuest] : []
}
