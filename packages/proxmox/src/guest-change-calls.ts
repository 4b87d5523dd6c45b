import { ToolError } from '@rackwarden/core'
import { z } from 'zod'
import type { Api, Fields } from './api.ts'
import { containerPreconditions, freeId, machinePreconditions, pendingRow, programStatus, startedProgram } from './guest-change-schema.ts'
import type { GuestPlace } from './guest-place.ts'
import { feature } from './guest-schema.ts'

/** What Proxmox says before a guest is moved. */
export interface Preconditions {
  isRunning: boolean
  /** Why it cannot go to the node, where it cannot. */
  missingStorages: readonly string[]
  /** What HA keeps apart from it and is on that node. */
  blocking: readonly string[]
  localDisks: readonly { volume: string; bytes: number | undefined; isDrive: boolean }[]
  /** Devices of its node it holds. */
  localResources: readonly string[]
  /** What HA moves along with it. */
  together: readonly string[]
}

/** How guests are made, changed, moved and deleted; what takes its time answers with the id of a task. */
export function guestChangeCalls(api: Api) {
  const at = ({ kind, node, id }: GuestPlace, path = '') => `/nodes/${node}/${kind}/${id}${path === '' ? '' : `/${path}`}`
  return {
    /** An id no guest has; where one is named, whether it is free. */
    freeId: async (signal: AbortSignal, vmid?: number) => api.get('/cluster/nextid', freeId, signal, { vmid }),
    updateConfig: async (guest: GuestPlace, fields: Fields, signal: AbortSignal) => api.put(at(guest, 'config'), signal, fields),
    /** Keys whose new value holds only after the next start. */
    async pendingKeys(guest: GuestPlace, signal: AbortSignal): Promise<string[]> {
      const rows = await api.get(at(guest, 'pending'), z.array(pendingRow), signal)
      return rows.filter(({ pending, delete: isDeleted }) => pending !== undefined || (isDeleted ?? 0) > 0).map(({ key }) => key)
    },
    /** Whether Proxmox can clone it where its disks are: linked (`clone`) or whole (`copy`). */
    canClone: async (guest: GuestPlace, isLinked: boolean, signal: AbortSignal, snapname?: string) =>
      (await api.get(at(guest, 'feature'), feature, signal, { feature: isLinked ? 'clone' : 'copy', snapname })).hasFeature,
    clone: async (guest: GuestPlace, fields: Fields, signal: AbortSignal) => api.post(at(guest, 'clone'), signal, fields),
    create: async (kind: GuestPlace['kind'], node: string, fields: Fields, signal: AbortSignal) =>
      api.post(`/nodes/${node}/${kind}`, signal, fields),
    resize: async (guest: GuestPlace, fields: { disk: string; size: string; digest: string | undefined }, signal: AbortSignal) =>
      api.put(at(guest, 'resize'), signal, fields),
    destroy: async (guest: GuestPlace, fields: { purge: boolean; unreferenced: boolean }, signal: AbortSignal) =>
      api.delete(at(guest), signal, { purge: fields.purge, 'destroy-unreferenced-disks': fields.unreferenced }),
    migrate: async (guest: GuestPlace, fields: Fields, signal: AbortSignal) => api.post(at(guest, 'migrate'), signal, fields),

    async preconditions(guest: GuestPlace, target: string, signal: AbortSignal): Promise<Preconditions> {
      if (guest.kind === 'lxc') {
        const told = await api.get(at(guest, 'migrate'), containerPreconditions, signal, { target })
        const why = told['not-allowed-nodes']?.[target]
        return {
          isRunning: told.running,
          missingStorages: why?.unavailable_storages ?? [],
          blocking: (why?.['blocking-ha-resources'] ?? []).flatMap(({ sid }) => sid ?? []),
          localDisks: [],
          localResources: [],
          together: told['dependent-ha-resources'] ?? [],
        }
      }
      const told = await api.get(at(guest, 'migrate'), machinePreconditions, signal, { target })
      const why = told.not_allowed_nodes?.[target]
      return {
        isRunning: told.running,
        missingStorages: why?.unavailable_storages ?? [],
        blocking: (why?.['blocking-ha-resources'] ?? []).flatMap(({ sid }) => sid ?? []),
        localDisks: (told.local_disks ?? []).map(({ volid, size, cdrom }) => ({ volume: volid ?? '', bytes: size, isDrive: cdrom })),
        localResources: told.local_resources ?? [],
        together: told['dependent-ha-resources'] ?? [],
      }
    },

    /** Has the agent start a program; its process id in the guest. */
    async startProgram(guest: GuestPlace, argv: readonly string[], signal: AbortSignal): Promise<number> {
      const answer = startedProgram.safeParse(await api.post(at(guest, 'agent/exec'), signal, { command: argv }))
      if (answer.success) return answer.data.pid
      throw new ToolError('upstream', 'The agent did not say what it started.', {
        hint: 'Whether the program runs in the guest is not known.',
      })
    },
    programStatus: async (guest: GuestPlace, pid: number, signal: AbortSignal) =>
      api.get(at(guest, 'agent/exec-status'), programStatus, signal, { pid }),
  }
}
