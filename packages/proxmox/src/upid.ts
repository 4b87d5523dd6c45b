import { ToolError } from '@rackwarden/core'

/** What the id of a task says of it. */
export interface Upid {
  upid: string
  /** The node it runs on: only there is it known. */
  node: string
  /** When it began, in seconds since the epoch. */
  startedAt: number
  /** `qmstart`, `vzdump`, … */
  type: string
  /** What it is about, mostly the id of a guest. */
  about: string
  user: string
}

// UPID:node:pid:pstart:starttime:type:id:user@realm!token:
const form = /^UPID:([A-Za-z0-9][A-Za-z0-9-]*):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/

/** Reads the id of a task; throws `invalid_input` where it is none. */
export function parseUpid(text: string): Upid {
  const [upid, node = '', , , started = '', type = '', about = '', user = ''] = form.exec(text.trim()) ?? []
  if (upid === undefined)
    throw new ToolError('invalid_input', `'${text.slice(0, 80)}' is not the id of a task.`, {
      hint: 'One begins with UPID: and ends with a colon. get_node and needs_attention name those that failed.',
    })
  return { upid, node, startedAt: Number.parseInt(started, 16), type, about, user }
}

/** Writes the id of a task. */
export function formatUpid({ node, startedAt, type, about, user }: Omit<Upid, 'upid'>, pid: number): string {
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0')
  return `UPID:${node}:${hex(pid)}:${hex(pid * 7)}:${hex(startedAt)}:${type}:${about}:${user}:`
}
