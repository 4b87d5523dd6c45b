import type { PrometheusWorld } from '@rackwarden/prometheus'

const gibibyte = 1024 ** 3
const memory = [
  { name: 'prometheus', gibibytes: 0.72 },
  { name: 'jellyfin', gibibytes: 0.94 },
  { name: 'homeassistant', gibibytes: 0.61 },
  { name: 'immich-server', gibibytes: 0.55 },
  { name: 'immich-ml', gibibytes: 1.98 },
  { name: 'paperless-web', gibibytes: 0.48 },
]
const hosts = [
  { instance: 'nas:9100', job: 'node', hostname: 'nas' },
  { instance: 'dock1:9100', job: 'node', hostname: 'dock1' },
]

/** What watches the lab: its hosts and containers are scraped, and the container that runs out of memory is told of. */
export const metrics: PrometheusWorld = {
  externalLabels: { site: 'home' },
  targets: [
    { job: 'prometheus', instance: 'prometheus:9090' },
    { job: 'alertmanager', instance: 'alertmanager:9093' },
    ...hosts.map(({ instance, job, hostname }) => ({ job, instance, labels: { hostname } })),
    { job: 'cadvisor', instance: 'cadvisor:8080' },
    { job: 'traefik', instance: 'traefik:8082' },
    { job: 'jellyfin', instance: 'jellyfin:8096' },
    { job: 'homeassistant', instance: 'homeassistant:8123' },
    { job: 'gitea', instance: 'gitea:3000' },
    { job: 'loki', instance: 'loki:3100' },
  ],
  metrics: [
    {
      name: 'node_load1',
      type: 'gauge',
      help: '1m load average.',
      series: hosts.map((labels, index) => ({ labels, value: 0.6 + index * 1.7, swing: 0.4 + index })),
    },
    {
      name: 'node_filesystem_avail_bytes',
      type: 'gauge',
      help: 'Filesystem space available to non-root users in bytes.',
      series: hosts.map((labels, index) => ({
        labels: { ...labels, mountpoint: '/', fstype: 'ext4' },
        value: (41 + index * 70) * gibibyte,
        swing: 2 * gibibyte,
      })),
    },
    {
      name: 'container_memory_working_set_bytes',
      type: 'gauge',
      help: 'Current working set of the container in bytes.',
      series: memory.map(({ name, gibibytes }) => ({
        labels: { job: 'cadvisor', instance: 'cadvisor:8080', name },
        value: gibibytes * gibibyte,
        swing: 0.02 * gibibyte,
      })),
    },
  ],
  rules: [
    {
      name: 'ContainerOutOfMemory',
      group: 'containers',
      query: 'increase(container_oom_events_total[30m]) > 2',
      severity: 'warning',
      alerts: [
        {
          labels: { job: 'cadvisor', instance: 'cadvisor:8080', name: 'immich-ml' },
          minutes: 47,
          value: 9,
          summary: 'immich-ml was killed for its memory 9 times in half an hour',
        },
      ],
    },
    { name: 'TargetDown', group: 'availability', query: 'up == 0', forSeconds: 300, severity: 'critical' },
    {
      name: 'DiskAlmostFull',
      group: 'hosts',
      query: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05',
      forSeconds: 600,
      severity: 'critical',
    },
    { name: 'job:up:count', group: 'recorded', type: 'recording', query: 'count by (job) (up)' },
  ],
}
