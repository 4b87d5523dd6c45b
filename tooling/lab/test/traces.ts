import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** What the kernel and the disk still know of a directory of the lab and of a control group. */
export function tracesOf(directory: string, controlGroup: string): string[] {
  const processes = readdirSync('/proc').filter((id) => /^\d+$/.test(id) && read(`/proc/${id}/cmdline`).includes(`${directory}/`))
  const mounts = read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(directory))
  const loops = readdirSync('/sys/block').filter((name) => read(`/sys/block/${name}/loop/backing_file`).startsWith(`${directory}/`))
  const groups = ['/sys/fs/cgroup', ...list('/sys/fs/cgroup')].filter((root) => list(root).includes(join(root, controlGroup)))
  const files = list(join(directory, '..')).filter((name) => name === directory)
  return [...processes, ...mounts, ...loops, ...groups, ...files]
}

/** The control group of the host that runs in a directory, the same in every hierarchy systemd uses. */
export function controlGroupOf(directory: string): string {
  const { id } = JSON.parse(read(join(directory, 'boot.process.json'))) as { id: number }
  const first = read(`/proc/${String(id)}/task/${String(id)}/children`).split(' ')[0] ?? ''
  const groups = [...read(`/proc/${first}/cgroup`).matchAll(/^(?:\d+:name=systemd|0:):(.*)$/gm)].map((line) => basename(line[1] ?? ''))
  return new Set(groups).size === 1 ? (groups[0] ?? '') : groups.join()
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name))
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
