import { setTimeout as pause } from 'node:timers/promises'
import { ToolError } from '@rackwarden/core'
import type { LinuxClient } from './client.ts'
import { numberOf, type Sections } from './sections.ts'
import { aptFailure, applyPart, followPart, forgetPart, type Foretold } from './upgrade.ts'

/** What is wanted of the package manager. */
export interface Wanted {
  only: 'security' | 'all'
  removals: boolean
}

/** The two as the parts of the script take them. */
export function parametersOf({ only, removals }: Wanted): string[] {
  return [only, removals ? 'yes' : 'no']
}

const lookSeconds = 5
// A network or an sshd that is being updated goes away for a moment.
const [mostMisses, missPauseMs] = [30, 2_000]

/** Does exactly what was foretold and waits for its end; the host goes on with it even where nobody waits. */
export async function upgrade(
  wanted: Wanted,
  { digest, installs }: Foretold,
  {
    client,
    signal,
    progress,
  }: { client: LinuxClient; signal: AbortSignal; progress: (message: string, done?: number, total?: number) => void },
): Promise<void> {
  const started = await client.ask([applyPart], {
    signal,
    asRoot: true,
    parameters: [...parametersOf(wanted), digest],
    timeoutMs: 180_000,
  })
  const place = placeOf(started.sections)
  for (let misses = 0; ;) {
    const looked = await look(place, client, signal)
    if (looked === undefined) {
      misses += 1
      if (misses > mostMisses)
        throw new ToolError('unreachable', 'The host could not be asked any more how far its updates are.', {
          hint: 'It goes on with them. Look with check_updates once it answers again.',
        })
      await pause(missPauseMs, undefined, { signal })
      continue
    }
    misses = 0
    if (looked.has('follow:gone'))
      throw new ToolError('upstream', 'What installed the updates is gone, and did not say how it ended.', {
        hint: 'Was the host rebooted? dpkg --audit on it tells whether something is half installed.',
      })
    progress(looked.text('follow:last').trim() || 'installing', numberOf(looked.text('follow:done').trim()) ?? 0, installs.length)
    if (!looked.has('follow:code')) continue
    await client.ask([forgetPart], { signal, asRoot: true, parameters: [place] })
    if (looked.text('follow:code').trim() !== '0') throw aptFailure(looked.text('follow:log').split('\n'))
    return
  }
}

function placeOf(sections: Sections): string {
  if (sections.has('apply:moved'))
    throw new ToolError('conflict', 'What would be installed is no longer what was planned.', { hint: 'Plan anew.' })
  const place = sections.text('apply:place').trim()
  if (/^\/var\/tmp\/rackwarden-updates\.\w+$/.test(place)) return place
  throw new ToolError('upstream', 'The host has no place for the log of the updates.', { hint: 'Is /var/tmp full, or read-only?' })
}

async function look(place: string, client: LinuxClient, signal: AbortSignal): Promise<Sections | undefined> {
  try {
    const { sections } = await client.ask([followPart], { signal, asRoot: true, parameters: [place, String(lookSeconds)] })
    return sections
  } catch (error) {
    if (!signal.aborted && ToolError.isInstance(error) && (error.code === 'unreachable' || error.code === 'timeout')) return undefined
    throw error
  }
}
