import type { DockerWorld } from '@rackwarden/docker'
import { assistant } from './stacks/assistant.ts'
import { documents } from './stacks/documents.ts'
import { home } from './stacks/home.ts'
import { media } from './stacks/media.ts'
import { monitoring } from './stacks/monitoring.ts'
import { platform } from './stacks/platform.ts'

/** The one Docker host of the lab: thirty containers, two of them sick. */
export const engineHost: DockerWorld = {
  host: 'dock1',
  cpus: 8,
  memoryGib: 32,
  containers: [...platform, ...monitoring, ...media, ...documents, ...home, ...assistant],
  images: { 'nextcloud:31-apache': 1290, 'postgres:15-alpine': 248, '<none>:immich': 1630, '<none>:paperless': 1410 },
  volumes: { nextcloud_html_before_upgrade: 3820, grafana_data: 145, influxdb_data: 6240 },
}
