import type { SimulatedContainer } from '@rackwarden/docker'

/** What the house itself is run by. */
export const home: readonly SimulatedContainer[] = [
  {
    name: 'homeassistant',
    image: 'ghcr.io/home-assistant/home-assistant:2025.11',
    project: 'home',
    network: 'host',
    mounts: ['/srv/homeassistant:/config'],
    log: ['Home Assistant initialized in 14.2s'],
    memoryMib: 683,
    cpuPercent: 4.1,
    hours: 77,
  },
  {
    name: 'mosquitto',
    image: 'eclipse-mosquitto:2.0',
    project: 'home',
    health: 'healthy',
    ports: ['1883:1883'],
    mounts: ['/srv/mosquitto:/mosquitto'],
    memoryMib: 6,
    hours: 77,
  },
  {
    name: 'zigbee2mqtt',
    image: 'koenkk/zigbee2mqtt:2.6',
    project: 'home',
    dependsOn: ['mosquitto'],
    mounts: ['/srv/zigbee2mqtt:/app/data'],
    memoryMib: 112,
    cpuPercent: 0.6,
    hours: 77,
  },
]
