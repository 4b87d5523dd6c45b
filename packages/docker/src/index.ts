import { defineService } from '@rackwarden/core'
import { candidates } from './candidates.ts'
import { census } from './census.ts'
import { config, connect } from './client.ts'
import { discover } from './discover.ts'
import { assets, findings, health } from './facets.ts'
import { open } from './open.ts'
import { createContainer, deleteCreatedContainer } from './tools/create.ts'
import { getContainer } from './tools/container.ts'
import { listContainers } from './tools/containers.ts'
import { deleteContainer } from './tools/delete.ts'
import { execContainer } from './tools/exec.ts'
import { listImages } from './tools/images.ts'
import { restartContainer, startContainer, stopContainer } from './tools/lifecycle.ts'
import { getLogs } from './tools/logs.ts'
import { listNetworks } from './tools/networks.ts'
import { prune } from './tools/prune.ts'
import { recreateContainer } from './tools/recreate.ts'
import { getStats } from './tools/stats.ts'
import { listVolumes } from './tools/volumes.ts'

export type { DockerWorld, SimulatedContainer } from './simulation/world.ts'

/** Docker engines, over a socket, SSH or TLS. */
export default defineService({
  name: 'docker',
  title: 'Docker',
  description: 'Docker engines: containers and their health, logs and use, images, volumes, networks.',
  instances: 'many',
  config,
  open,
  connect,
  health,
  findings,
  assets,
  census,
  discover,
  candidates,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  toolsets: {
    containers: { description: 'Containers: how they are, what they print, start, stop and restart.' },
    deployment: { description: 'Create, recreate and delete containers, and run commands in them.' },
    images: { description: 'Images, volumes and networks, and pruning what nothing uses.' },
  },
  tools: [
    listContainers,
    getContainer,
    getLogs,
    getStats,
    listImages,
    listVolumes,
    listNetworks,
    startContainer,
    stopContainer,
    restartContainer,
    createContainer,
    deleteCreatedContainer,
    execContainer,
    deleteContainer,
    recreateContainer,
    prune,
  ],
})
