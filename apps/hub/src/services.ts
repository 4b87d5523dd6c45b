// Written by `npm run docs` from the packages there are.
import type { Service } from '@rackwarden/core'
import docker from '@rackwarden/docker'
import linux from '@rackwarden/linux'
import pbs from '@rackwarden/pbs'
import pihole from '@rackwarden/pihole'
import prometheus from '@rackwarden/prometheus'
import proxmox from '@rackwarden/proxmox'
import uptimeKuma from '@rackwarden/uptime-kuma'

/** Every service the hub can mount. */
export const services: readonly Service[] = [docker, linux, pbs, pihole, prometheus, proxmox, uptimeKuma]
