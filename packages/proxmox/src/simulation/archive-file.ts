import type { ProxmoxWorld, SimulatedVolume } from './world.ts'

/** The file of an image or a template, where a node reaches it. */
export function archiveFileOf(world: ProxmoxWorld, node: string, volid: string): SimulatedVolume | undefined {
  return (world.volumes ?? []).find(
    (one) =>
      one.volid === volid && (world.storages[volid.split(':')[0] ?? '']?.shared === true || one.node === undefined || one.node === node),
  )
}
