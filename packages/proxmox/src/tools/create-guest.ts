import { ToolError, type Plan } from '@rackwarden/core'
import { z } from 'zod'
import type { ProxmoxClient } from '../client.ts'
import { clonedFields, creationInput, creationLines, refuseContradictions, type CreationInput } from '../creation.ts'
import { gibibytesIn } from '../disk-size.ts'
import { nameOf } from '../find-guest.ts'
import { disksOf } from '../guest-config.ts'
import { firstDisk, kindOf, makeGuest } from '../making.ts'
import { newGuestBasis, newGuestOutput, readNewGuest, refuseTaken, settledMade, madeAs, type NewGuestState } from '../new-guest.ts'
import type { ResourceView } from '../resources.ts'
import { diskStorage, findSource, nodeFor, refuseUnreached, type Source } from '../sources.ts'
import { targetOf } from '../targets.ts'
import { defineTool, some } from './define-tool.ts'

/** Where a guest is to be made, and from what. */
interface Site {
  source: Source
  node: string
  storage: string | undefined
  view: ResourceView
}

/** Makes a guest from a template, a cloud image or a container template. */
export const createGuest = defineTool({
  name: 'create_guest',
  title: 'Create a guest',
  description: 'Create a fresh VM or LXC container from a template, a cloud image (cloud-init) or a container template.',
  access: 'configure',
  toolset: 'lifecycle',
  input: creationInput,
  output: z.object(newGuestOutput),
  state: readNewGuest,
  basis: newGuestBasis,
  plan: async (input, { state, client, instance, signal }) => {
    refuseTaken(state, input.name)
    const site = await siteOf(input, client, signal)
    return planCreation(input, site, { state, client, instance, signal })
  },
  async run(input, { state, client, signal, progress }) {
    const { source, node, storage } = await siteOf(input, client, signal)
    const warnings = await makeGuest(input, source, { client, id: state.id, node, storage, signal, progress })
    return { guest: input.name, id: state.id, node, status: input.start === true ? 'running' : 'stopped', warnings: some(warnings) }
  },
  settled: (after, { start = false }, before) => settledMade(after, before, start),
  settleWithinMs: 120_000,
  verified: (told, { found }) => ({ ...told, status: found?.status ?? 'gone' }),
  undo: (_, { name }, { after }) => ({ tool: 'delete_created_guest', input: madeAs(after, name) }),
})

async function siteOf(input: CreationInput, client: ProxmoxClient, signal: AbortSignal): Promise<Site> {
  const view = await client.resources(signal)
  const source = await findSource(input.from, input, { client, view, signal })
  refuseContradictions(input, kindOf(source))
  if (source.kind === 'template')
    return { source, view, node: nodeFor(view, input.node ?? source.guest.node, undefined), storage: input.storage }
  const { storage } = source
  const reached = view.storages.filter(({ name, isAvailable }) => name === storage.name && isAvailable).map(({ node }) => node)
  const node = nodeFor(view, input.node, storage.isShared ? reached : [storage.node])
  return { source, view, node, storage: diskStorage(view, node, kindOf(source), input.storage).name }
}

interface Context {
  state: NewGuestState
  client: ProxmoxClient
  instance: string
  signal: AbortSignal
}

async function planCreation(input: CreationInput, site: Site, { state, client, instance, signal }: Context): Promise<Plan> {
  const { source, node, storage } = site
  const kind = kindOf(source)
  const shown = source.kind === 'template' ? `the template ${nameOf(source.guest)}` : source.volume
  const warnings = source.kind === 'template' ? await templateWarnings(input, site, client, signal) : []
  return {
    summary: `Create ${input.name} (${state.id}), a ${kind === 'qemu' ? 'virtual machine' : 'container'} on ${node}, from ${shown}`,
    targets: [targetOf(instance, 'guest', state.id)],
    diff: [
      `guest ${state.id}: (none) → ${input.name}${input.start === true ? ', started' : ', not started'}`,
      `disks: on ${storage ?? 'the storage of the template'}`,
      ...creationLines(input),
    ],
    warnings: [
      ...warnings,
      ...(kind === 'qemu' && source.kind === 'image' && input.ssh_keys === undefined
        ? ['No ssh_keys are given, and no password ever is: nobody may be able to log in.']
        : []),
      ...addressTaken(input, site),
    ],
  }
}

async function templateWarnings(
  input: CreationInput,
  { source, node, view }: Site,
  client: ProxmoxClient,
  signal: AbortSignal,
): Promise<string[]> {
  if (source.kind !== 'template') return []
  const { guest } = source
  const config = await client.guestConfig(guest, signal)
  // Refused now rather than halfway.
  clonedFields(input, guest.kind, config)
  const disk = firstDisk(guest.kind, config)
  const size = gibibytesIn(disk?.size)
  if (input.disk_gib !== undefined && size !== undefined && input.disk_gib < size)
    throw new ToolError('invalid_input', `The disk of the template has ${size} GiB, and none is ever made smaller.`, {
      hint: `Set disk_gib to ${Math.ceil(size)} or more, or leave it out.`,
    })
  const used = disksOf(guest.kind, config).flatMap(({ storage }) => storage ?? [])
  refuseUnreached(view, { guest, node, used, storage: input.storage })
  return guest.kind === 'qemu' &&
    config['ide2']?.includes('cloudinit') !== true &&
    (input.address ?? input.user ?? input.ssh_keys) !== undefined
    ? ['The template has no cloud-init drive: address, user and keys reach nobody.']
    : []
}

function addressTaken({ address }: CreationInput, { view }: Site): string[] {
  return address === undefined || address === 'dhcp' || view.guests.length === 0
    ? []
    : [`Whether ${address.split('/')[0]} is free is not known here: list_guests, find_asset and the DHCP range tell.`]
}
