import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { configurationDirectory, stateDirectoryOf } from '@rackwarden/core/runtime'
import type { Terminal } from '../terminal.ts'

/** What tells a command that leads to the lab, or to what the lab is kept safe with, from one that is nobody's business. */
export interface Reach {
  /** Names and addresses of hosts in the configuration. */
  readonly hosts: readonly string[]
  /** Whether the container engine of this machine is of the lab. */
  readonly engine: boolean
  /** Directories and files of ours. */
  readonly places: readonly string[]
}

/** Programs that lead to a host, or to an engine or a cluster, wherever it is. */
const ways = new RegExp(
  String.raw`(?<![\w.-])(?:ssh|scp|sftp|rsync|sshpass|sshfs|autossh|mosh|telnet|rsh|pdsh|pssh|ansible[\w-]*|salt[\w-]*|kubectl|oc|helm|k3s|k9s|talosctl|` +
    String.raw`virsh|pvesh|qm|pct|pvecm|vzdump|zfs|zpool|terraform|tofu|nomad|govc|ipmitool|wakeonlan|rackwarden(?:-[\w-]+)?)(?![\w-])`,
)

/** An engine elsewhere; the one of this machine is no host of the lab for being used. */
const remoteEngine =
  /(?<![\w.-])(?:docker|podman|nerdctl|docker-compose)(?![\w-]).*(?:\s-H|\s--host|\s--context|\s-c\s|\s--connection|\s--url|\bcontext\s+use\b)|DOCKER_(?:HOST|CONTEXT)|CONTAINER_HOST/s

/** Files of ours and of assistants, wherever they are. */
const settings = /(?:^|[\s=/~])(?:rackwarden|\.claude|claude_desktop_config|\.mcp\.json)/i

/** Reads where the lab is out of the configuration's text: nothing in it is opened, and no secret of it is resolved. */
export async function readReach(config: string | undefined, { directory, environment }: Terminal): Promise<Reach> {
  const usual = configurationDirectory(environment)
  const files = config === undefined ? [directory, usual].map((place) => join(place, 'rackwarden.yaml')) : [resolve(directory, config)]
  let text = ''
  for (const file of files) if (text === '') text = await readFile(file, 'utf8').catch(() => '')
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    /_(?:URL|HOST|JUMP)$/.test(name) && value !== undefined ? [value] : [],
  )
  return {
    engine: /^\s+docker["']?\s*:/m.test(text),
    hosts: hostsIn([text, ...variables].join('\n')),
    places: [stateDirectoryOf(environment), usual, ...(config === undefined ? [] : files)],
  }
}

/** Hosts of addresses (`ssh://joe@nas.lan:22`), and those to go through; this machine is none. */
function hostsIn(text: string): string[] {
  const addresses = text.matchAll(
    /(?:[a-z][\w+.-]*:\/\/|(?:host|address|sshJump)["']?\s*:\s*["']?)(?:[^\s/@"']*@)?(\[[\da-f:.]+\]|[\w.-]+)/gi,
  )
  const hosts = new Set([...addresses].map(([, host = '']) => host.toLowerCase().replace(/^\[|\]$/g, '')))
  for (const here of ['', 'localhost', '127.0.0.1', '::1', '0.0.0.0']) hosts.delete(here)
  return [...hosts].filter((host) => host.length > 2)
}

/** Says whether a command is ours to judge. Quotes and backslashes hide nothing of it. */
export function reachesLab(command: string, { hosts, engine, places }: Reach, environment: Terminal['environment']): boolean {
  const plain = command.replaceAll(/\\\n/g, '').replaceAll(/["'\\]/g, '')
  if (ways.test(plain) || remoteEngine.test(plain) || settings.test(plain)) return true
  const usesEngine = /(?<![\w.-])(?:docker|podman)(?![\w.])/.test(plain)
  if (usesEngine && (engine || ['DOCKER_HOST', 'DOCKER_CONTEXT', 'CONTAINER_HOST'].some((name) => environment[name]))) return true
  if (places.some((place) => plain.includes(place))) return true
  const lower = plain.toLowerCase()
  return hosts.some((host) => new RegExp(String.raw`(?<![\w-])${host.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![\w-])`).test(lower))
}
