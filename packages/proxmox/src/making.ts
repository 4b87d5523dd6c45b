import { gibibytesIn } from './disk-size.ts'
import type { Fields } from './api.ts'
import type { ProxmoxClient } from './client.ts'
import { clonedFields, containerFields, machineFields, type CreationInput } from './creation.ts'
import { disksOf, propertiesIn, type GuestDisk } from './guest-config.ts'
import type { GuestConfig } from './guest-schema.ts'
import type { GuestPlace } from './guest-place.ts'
import { completed } from './new-guest.ts'
import type { Source } from './sources.ts'

/** Where and under which id a guest is made. */
export interface Making {
  client: ProxmoxClient
  id: number
  node: string
  /** Of its disks; a template keeps its own where none is named. */
  storage: string | undefined
  signal: AbortSignal
  progress: (message: string) => void
}

/** Makes a guest, and leaves no half of one behind; what its tasks warned of. */
export async function makeGuest(input: CreationInput, source: Source, making: Making): Promise<string[]> {
  const { client, id, node, storage = '', signal, progress } = making
  const kind = kindOf(source)
  const place: GuestPlace = { kind, node, id }
  const wait = async (started: unknown) => (await client.tasks.wait(started, { signal, progress })).warnings
  const warnings: string[] = []
  if (source.kind === 'template')
    warnings.push(...(await wait(await client.clone(source.guest, cloneFields(input, source.guest, making), signal))))
  else {
    const fields =
      source.kind === 'image'
        ? machineFields(input, { id, storage, image: source.volume })
        : containerFields(input, { id, storage, template: source.volume })
    warnings.push(...(await wait(await client.create(kind, node, fields, signal))))
  }
  return completed(client, place, async () => {
    if (source.kind === 'template') await adapt(input, place, making)
    if (input.disk_gib !== undefined && source.kind !== 'container') await grow(place, input.disk_gib, making)
    if (input.start === true) warnings.push(...(await wait(await client.power(place, 'start', signal))))
    return warnings
  })
}

/** What a guest becomes that is made from this. */
export function kindOf(source: Source): GuestPlace['kind'] {
  return source.kind === 'template' ? source.guest.kind : source.kind === 'image' ? 'qemu' : 'lxc'
}

function cloneFields({ name, pool }: CreationInput, { kind, node: from }: GuestPlace, { id, node, storage }: Making): Fields {
  const called = kind === 'qemu' ? 'name' : 'hostname'
  return { newid: id, [called]: name, full: true, pool, storage, target: node === from ? undefined : node }
}

async function adapt(input: CreationInput, place: GuestPlace, { client, signal }: Making): Promise<void> {
  const config = await client.guestConfig(place, signal)
  const fields = clonedFields(input, place.kind, config)
  if (Object.values(fields).every((value) => value === undefined)) return
  await client.updateConfig(place, { ...fields, digest: config['digest'] }, signal)
}

async function grow(place: GuestPlace, gib: number, { client, signal, progress }: Making): Promise<void> {
  const config = await client.guestConfig(place, signal)
  const disk = firstDisk(place.kind, config)
  if (disk === undefined || (gibibytesIn(disk.size) ?? 0) >= gib) return
  const started = await client.resize(place, { disk: disk.key, size: `${gib}G`, digest: config['digest'] }, signal)
  if (typeof started === 'string') await client.tasks.wait(started, { signal, progress })
}

/** The disk a guest boots from. */
export function firstDisk(kind: GuestPlace['kind'], config: GuestConfig): GuestDisk | undefined {
  const disks = disksOf(kind, config)
  if (kind === 'lxc') return disks.find(({ key }) => key === 'rootfs')
  const order = (propertiesIn(config['boot'] ?? '')['order'] ?? '').split(';')
  return order.map((key) => disks.find((disk) => disk.key === key)).find((disk) => disk !== undefined) ?? disks[0]
}
