import type { UptimeKumaWorld } from '@rackwarden/uptime-kuma'

/** What is asked from outside whether it answers: the hosts of the lab and what its containers serve, two of which are sick. */
export const monitors: UptimeKumaWorld = {
  now: '2026-06-01T09:00:00Z',
  tags: [
    { name: 'media', color: '#7C3AED' },
    { name: 'infrastructure', color: '#2563EB' },
  ],
  notifications: [{ name: 'Phone', type: 'ntfy', isDefault: true }],
  monitors: [
    { name: 'Services', type: 'group' },
    { name: 'NAS', type: 'ping', fields: { hostname: '192.168.10.10' }, uptime: 1, ping: 1, tags: [{ name: 'infrastructure' }] },
    {
      name: 'dock1 ssh',
      type: 'port',
      fields: { hostname: '192.168.10.20', port: 22 },
      uptime: 1,
      ping: 1,
      tags: [{ name: 'infrastructure' }],
    },
    { name: 'Jellyfin', parent: 'Services', fields: { url: 'http://jellyfin:8096/health' }, uptime: 0.9991, tags: [{ name: 'media' }] },
    { name: 'Home Assistant', parent: 'Services', fields: { url: 'http://homeassistant:8123' }, uptime: 1 },
    { name: 'Gitea', parent: 'Services', fields: { url: 'http://gitea:3000/api/healthz' }, uptime: 1 },
    {
      name: 'Paperless',
      fields: { url: 'http://paperless-web:8000' },
      state: 'down',
      since: '2026-06-01T08:46:00Z',
      message: 'Request failed with status code 500',
      uptime: 0.972,
      notifications: ['Phone'],
    },
    {
      name: 'Immich machine learning',
      type: 'docker',
      fields: { docker_container: 'immich-ml', docker_host: 1 },
      state: 'down',
      since: '2026-06-01T07:31:00Z',
      message: 'Container State is restarting',
      uptime: 0.61,
      tags: [{ name: 'media' }],
    },
  ],
}
