import { ToolError } from '@rackwarden/core'
import type { UptimeKumaClient } from './client.ts'
import type { Monitor, Tag } from './kuma-schema.ts'
import { namesWatched } from './monitor-facts.ts'

// Of the eight it offers, the one that says nothing.
const plainColor = '#4B5563'

/** Finds a tag by its name, whatever its case. */
export function tagNamed(tags: readonly Tag[], name: string): Tag | undefined {
  return tags.find((tag) => tag.name === name) ?? tags.find((tag) => tag.name.toLowerCase() === name.toLowerCase())
}

/** The tag of that name, made where there is none. */
export async function tagOrNew(name: string, client: UptimeKumaClient, signal: AbortSignal): Promise<Tag> {
  return tagNamed(await client.tags(signal), name) ?? client.addTag(name, plainColor, signal)
}

/** Says whether a monitor bears a tag with that value. */
export function bears({ tags }: Monitor, name: string, value: string): boolean {
  return (tags ?? []).some((tag) => tag.name.toLowerCase() === name.toLowerCase() && tag.value === value)
}

/** The tags every monitor of the same host bears, for one more of it. */
export function tagsOfNeighbours(monitors: readonly Monitor[], host: string): string[] {
  const neighbours = monitors.filter((monitor) => {
    const { names, addresses } = namesWatched(monitor)
    return host !== '' && [...names, ...addresses].includes(host)
  })
  const [first, ...others] = neighbours.map(({ tags }) => (tags ?? []).filter(({ value }) => value === '').map(({ name }) => name))
  return (first ?? []).filter((name) => others.every((names) => names.includes(name)))
}

/** Deletes the tags of these names that no monitor bears: what was made for one is not left behind. */
export async function deleteUnused(names: readonly string[], client: UptimeKumaClient, signal: AbortSignal): Promise<void> {
  if (names.length === 0) return
  const [tags, monitors] = await Promise.all([client.tags(signal), client.refresh(signal)])
  for (const name of names) {
    const tag = tags.find((known) => known.name === name)
    const isUsed = monitors.some((monitor) => (monitor.tags ?? []).some(({ tag_id }) => tag_id === tag?.id))
    if (tag !== undefined && !isUsed) await client.deleteTag(tag.id, signal)
  }
}

/** The ids of notifications by their names. */
export function notificationIds(client: UptimeKumaClient, names: readonly string[] | undefined): number[] {
  const known = client.picture.notifications()
  if (names === undefined) return known.filter(({ isDefault }) => isDefault).map(({ id }) => id)
  return names.map((name) => {
    const found = known.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (found !== undefined) return found.id
    throw new ToolError('not_found', `There is no notification '${name}'.`, {
      hint:
        known.length === 0 ? 'There are none: they are set up in its web page.' : `There are: ${known.map((one) => one.name).join(', ')}.`,
    })
  })
}
