import { z } from 'zod'
import type { Api } from './api.ts'
import type { GuestPlace } from './guest-place.ts'
import { agentInterfaces, containerInterface, feature, guestConfig, guestStatus, snapshot } from './guest-schema.ts'

/** How a guest is started, ended or begun anew. */
export type PowerAction = 'start' | 'shutdown' | 'stop' | 'reboot'

/** How a guest is backed up. */
export interface BackupRequest {
  storage: string
  mode: 'snapshot' | 'suspend' | 'stop'
  note: string
}

/** What a guest is asked, and told to do; what is told answers with the id of a task. */
export function guestCalls(api: Api) {
  const at = ({ kind, node, id }: GuestPlace, path: string) => `/nodes/${node}/${kind}/${id}/${path}`
  return {
    status: async (guest: GuestPlace, signal: AbortSignal) => api.get(at(guest, 'status/current'), guestStatus, signal),
    guestConfig: async (guest: GuestPlace, signal: AbortSignal) => api.get(at(guest, 'config'), guestConfig, signal),
    snapshots: async (guest: GuestPlace, signal: AbortSignal) => api.get(at(guest, 'snapshot'), z.array(snapshot), signal),
    /** Whether its disks can be snapshotted where they are. */
    canSnapshot: async (guest: GuestPlace, signal: AbortSignal) =>
      (await api.get(at(guest, 'feature'), feature, signal, { feature: 'snapshot' })).hasFeature,

    power: async (guest: GuestPlace, action: PowerAction, signal: AbortSignal, fields: { timeout?: number; forceStop?: boolean } = {}) =>
      api.post(at(guest, `status/${action}`), signal, fields),
    createSnapshot: async (guest: GuestPlace, given: { name: string; note: string; withMemory: boolean }, signal: AbortSignal) =>
      api.post(at(guest, 'snapshot'), signal, {
        snapname: given.name,
        description: given.note,
        vmstate: given.withMemory ? true : undefined,
      }),
    deleteSnapshot: async (guest: GuestPlace, name: string, signal: AbortSignal) =>
      api.delete(at(guest, `snapshot/${encodeURIComponent(name)}`), signal),
    rollback: async (guest: GuestPlace, name: string, isStarted: boolean, signal: AbortSignal) =>
      api.post(at(guest, `snapshot/${encodeURIComponent(name)}/rollback`), signal, { start: isStarted ? true : undefined }),
    /** Nothing is pruned by it: a backup that is asked for takes no other away. */
    backup: async ({ node, id }: GuestPlace, { storage, mode, note }: BackupRequest, signal: AbortSignal) =>
      api.post(`/nodes/${node}/vzdump`, signal, {
        vmid: String(id),
        storage,
        mode,
        remove: false,
        compress: 'zstd',
        'notes-template': note,
      }),

    pingAgent: async (guest: GuestPlace, signal: AbortSignal) => api.post(at(guest, 'agent/ping'), signal),
    agentInterfaces: async (guest: GuestPlace, signal: AbortSignal) =>
      (await api.get(at(guest, 'agent/network-get-interfaces'), agentInterfaces, signal)).result,
    containerInterfaces: async (guest: GuestPlace, signal: AbortSignal) =>
      api.get(at(guest, 'interfaces'), z.array(containerInterface), signal),
  }
}
