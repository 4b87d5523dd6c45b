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
    { name: 'Router', type: 'ping', fields: { hostname: '192.168.10.1' }, uptime: 1, ping: 1, tags: [{ name: 'infrastructure' }] },
    { name: 'Doorbell', type: 'ping', fields: { hostname: 'doorbell.lab.lan' }, uptime: 0.998, ping: 4 },
    { name: 'NAS', type: 'ping', fields: { hostname: '192.168.10.10' }, uptime: 1, ping: 1, tags: [{ name: 'infrastructure' }] },
    {
      name: 'dock1 ssh',
      type: 'port',
      fields: { hostname: '192.168.10.20', port: 22 },
      uptime: 1,
      ping: 1,
      tags: [{ name: 'infrastructure' }],
    },
    { name: 'Jellyfin', parent: 'Services', fields: { url: 'https://jellyfin.lab.lan/health' }, uptime: 0.9991, tags: [{ name: 'media' }] },
    { name: 'Home Assistant', parent: 'Services', fields: { url: 'https://homeassistant.lab.lan' }, uptime: 1 },
    { name: 'Gitea', parent: 'Services', fields: { url: 'https://gitea.lab.lan/api/healthz' }, uptime: 1 },
    { name: 'Nextcloud', parent: 'Services', fields: { url: 'https://nextcloud.lab.lan/status.php' }, uptime: 0.9987 },
    { name: 'Grafana', parent: 'Services', fields: { url: 'https://grafana.lab.lan/api/health' }, uptime: 1 },
    { name: 'Sonarr', parent: 'Services', fields: { url: 'https://sonarr.lab.lan/ping' }, uptime: 1, tags: [{ name: 'media' }] },
    { name: 'Proxy', parent: 'Services', fields: { url: 'https://traefik.lab.lan/ping' }, uptime: 1 },
    { name: 'Ollama', parent: 'Services', fields: { url: 'http://ollama.lab.lan:11434' }, uptime: 0.9996 },
    {
      name: 'Plex',
      fields: { url: 'http://plex.lab.lan:32400/identity' },
      state: 'down',
      since: '2026-03-02T18:20:00Z',
      message: 'getaddrinfo ENOTFOUND plex.lab.lan',
      uptime: 0,
    },
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

/** The container behind a monitor. */
export const watchedContainers: Readonly<Record<string, string>> = {
  Jellyfin: 'jellyfin',
  'Home Assistant': 'homeassistant',
  Gitea: 'gitea',
  Nextcloud: 'nextcloud',
  Grafana: 'grafana',
  Sonarr: 'sonarr',
  Proxy: 'traefik',
  Ollama: 'ollama',
  Paperless: 'paperless-web',
  'Immich machine learning': 'immich-ml',
}
