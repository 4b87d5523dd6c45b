import type { PiholeWorld, SimulatedPihole } from '@rackwarden/pihole'

const dock1 = '192.168.10.20'

const served = [
  'auth',
  'gitea',
  'grafana',
  'homeassistant',
  'jellyfin',
  'nextcloud',
  'ollama',
  'paperless-web',
  'radarr',
  'sonarr',
  'traefik',
  'uptime-kuma',
]

const shared = {
  version: 'v6.2.2',
  upstreams: ['9.9.9.9', '149.112.112.112'],
  cnames: ['photos.lab.lan,dock1.lab.lan', 'vault.lab.lan,dock1.lab.lan'],
  lists: [{ address: 'https://lists.example/ads.txt', type: 'block', comment: 'advertising', holds: ['ads.example.com'], count: 141_200 }],
  domains: [{ domain: 'telemetry.example.net', type: 'deny', kind: 'exact', comment: 'television' }],
  gravityDays: 3,
  queriesToday: { total: 48_211, blocked: 9_120 },
  queries: [
    { minutesAgo: 2, domain: 'jellyfin.lab.lan', client: '192.168.10.61', name: 'television' },
    { minutesAgo: 3, domain: 'ads.example.com', client: '192.168.10.61', name: 'television', status: 'GRAVITY' },
    { minutesAgo: 9, domain: 'gitea.lab.lan', client: '192.168.10.40', name: 'desk' },
  ],
} as const satisfies Partial<SimulatedPihole>

const hosts = [
  '192.168.10.1 router.lab.lan',
  '192.168.10.10 nas.lab.lan',
  `${dock1} dock1.lab.lan`,
  ...served.map((name) => `${dock1} ${name}.lab.lan`),
  // Retired two winters ago; nobody took its record away.
  '192.168.10.77 attic.lab.lan',
]

/** The names of the lab, on two Pi-holes; somebody added one to the first alone, by hand. */
export const names: PiholeWorld = {
  virtualAddress: '192.168.10.53',
  instances: {
    primary: {
      ...shared,
      hostName: 'dns1',
      address: '192.168.10.2',
      addresses: ['192.168.10.53'],
      password: 'pretend-pihole-password',
      hosts: [...hosts, '192.168.10.45 doorbell.lab.lan'],
    },
    secondary: { ...shared, hostName: 'dns2', address: '192.168.10.3', password: 'pretend-pihole-password', hosts },
  },
}
