// Written by `npm run docs` from the packages there are.
import type { Service } from '@rackwarden/core'

/** Every service by its name, loaded when asked for: a hub that mounts one does not pay for the others. */
export const residents: Readonly<Record<string, () => Promise<{ default: Service }>>> = {
  docker: () => import('@rackwarden/docker'),
  linux: () => import('@rackwarden/linux'),
  pbs: () => import('@rackwarden/pbs'),
  pihole: () => import('@rackwarden/pihole'),
  prometheus: () => import('@rackwarden/prometheus'),
  proxmox: () => import('@rackwarden/proxmox'),
  'uptime-kuma': () => import('@rackwarden/uptime-kuma'),
}
