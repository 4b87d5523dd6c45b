import { defineService } from '@rackwarden/core'
import { candidates } from './candidates.ts'
import { census } from './census.ts'
import { config, connect, open } from './client.ts'
import { assets, findings, health, rights } from './facets.ts'
import { disableUnit, enableUnit } from './tools/boot.ts'
import { checkHost } from './tools/check.ts'
import { execCommand } from './tools/command.ts'
import { getHostInfo, listHosts } from './tools/host.ts'
import { getInterfaces } from './tools/interfaces.ts'
import { restartUnit, startUnit, stopUnit } from './tools/lifecycle.ts'
import { getUnitLogs } from './tools/logs.ts'
import { probeHttp, probeTcp } from './tools/probes.ts'
import { rebootHost } from './tools/reboot.ts'
import { checkDisks, checkPools } from './tools/storage.ts'
import { getUnit, listUnits } from './tools/units.ts'
import { checkUpdates } from './tools/updates.ts'
import { applyUpdates } from './tools/upgrade.ts'

export type { LinuxWorld, SimulatedHost, SimulatedUnit } from './simulation/world.ts'

/** Linux hosts, this one or over SSH. */
export default defineService({
  name: 'linux',
  title: 'Linux',
  description: 'Linux hosts, this one or over SSH: units and their logs, disks, pools, interfaces, updates.',
  instances: 'many',
  config,
  open,
  connect,
  health,
  findings,
  candidates,
  rights,
  assets,
  census,
  pitfalls: () => import('./pitfalls.ts'),
  simulate: () => import('./simulate.ts'),
  toolsets: {
    hosts: { description: 'Hosts: load, memory, temperatures, disks and pools.' },
    units: { description: 'systemd units: how they are, their logs, start, stop, restart, and what starts at boot.' },
    network: { description: 'Interfaces, and whether an address answers.' },
    maintenance: { description: 'Updates, reboots and commands.' },
  },
  tools: [
    listHosts,
    getHostInfo,
    checkHost,
    listUnits,
    getUnit,
    getUnitLogs,
    getInterfaces,
    checkDisks,
    checkPools,
    checkUpdates,
    probeTcp,
    probeHttp,
    startUnit,
    stopUnit,
    restartUnit,
    enableUnit,
    disableUnit,
    execCommand,
    rebootHost,
    applyUpdates,
  ],
})
