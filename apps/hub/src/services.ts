import type { Service } from '@rackwarden/core'
import docker from '@rackwarden/docker'

/** Every service the hub can mount. */
export const services: readonly Service[] = [docker]
