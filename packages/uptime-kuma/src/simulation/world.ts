/** One monitor of a pretend Uptime Kuma; `fields` are columns as they stand in its database. */
export interface SimulatedMonitor {
  name: string
  type?: string
  fields?: Readonly<Record<string, unknown>>
  /** Name of the group it is in. */
  parent?: string
  /** False for one that is paused. */
  active?: boolean
  state?: 'up' | 'down' | 'pending' | 'none'
  /** Since when it is in that state; half an hour when not given. */
  since?: string
  /** How often it changed within the last hour, where it does not hold still. */
  flaps?: number
  message?: string
  ping?: number
  uptime?: number
  certificateDays?: number
  tags?: readonly { name: string; value?: string }[]
  /** Names of notifications. */
  notifications?: readonly string[]
}

/** A window of maintenance of a pretend Uptime Kuma, in UTC without a zone. */
export interface SimulatedMaintenance {
  title: string
  strategy?: 'single' | 'manual' | 'recurring-weekday'
  from?: string
  until?: string
  monitors: readonly string[]
}

/** What a pretend Uptime Kuma begins with. */
export interface UptimeKumaWorld {
  /** Begins with 1. for the ways of 1.23. */
  version?: string
  /** Time stands still in it. */
  now?: string
  monitors: readonly SimulatedMonitor[]
  /** What a check of a monitor finds by now, where something else decides that; without it every monitor stays as it begins. */
  finds?: (monitor: string) => 'up' | 'down' | undefined
  tags?: readonly { name: string; color: string }[]
  notifications?: readonly { name: string; type: string; isDefault?: boolean }[]
  maintenances?: readonly SimulatedMaintenance[]
  /** Secret of the account's authenticator, where it has one. */
  totpSecret?: string
  /** How nobody needs a login, or nobody can. */
  door?: 'login' | 'open' | 'not set up'
  /** Greets only once it was spoken to, and has heard nothing of it. */
  greets?: 'when spoken to'
  /** How many logins it takes until it is started anew; no clock runs in it that would allow more. */
  loginsAllowed?: number
}

/** The account of every pretend Uptime Kuma. */
export const account = { username: 'admin', password: 'pretend-uptime-kuma-password', token: 'pretend-uptime-kuma-jwt' }

/** The world of a pretend Uptime Kuma that is given none. */
export const defaultWorld: UptimeKumaWorld = {
  version: '2.5.3',
  now: '2026-06-01T08:00:00Z',
  tags: [
    { name: 'media', color: '#7C3AED' },
    { name: 'infrastructure', color: '#2563EB' },
    { name: 'unused', color: '#6B7280' },
  ],
  notifications: [
    { name: 'Phone', type: 'ntfy', isDefault: true },
    { name: 'Team chat', type: 'discord' },
  ],
  monitors: [
    { name: 'Services', type: 'group', state: 'down', since: '2026-06-01T07:12:00Z', message: 'Child Jellyfin is down' },
    {
      name: 'Jellyfin',
      type: 'http',
      parent: 'Services',
      fields: { url: 'https://jellyfin.home.example', basic_auth_user: 'kuma', basic_auth_pass: 'pretend-basic-password' },
      state: 'down',
      since: '2026-06-01T07:12:00Z',
      message: 'Request failed with status code 502',
      uptime: 0.967,
      certificateDays: 9,
      tags: [{ name: 'media' }],
      notifications: ['Phone'],
    },
    {
      name: 'Nextcloud',
      type: 'keyword',
      parent: 'Services',
      fields: { url: 'https://cloud.home.example/status.php', keyword: '"installed":true', headers: '{"X-Probe":"pretend-header-value"}' },
      uptime: 1,
      ping: 84,
      certificateDays: 61,
      tags: [{ name: 'infrastructure', value: 'critical' }],
      notifications: ['Phone'],
    },
    { name: 'NAS', type: 'ping', fields: { hostname: '10.0.0.10' }, uptime: 1, ping: 1, since: '2026-05-02T04:11:00Z' },
    { name: 'NAS ssh', type: 'port', fields: { hostname: '10.0.0.10', port: 22 }, uptime: 0.9993, ping: 2 },
    {
      name: 'Router DNS',
      type: 'dns',
      fields: { hostname: 'home.example', dns_resolve_server: '10.0.0.1', port: 53 },
      flaps: 6,
      message: 'Records: 10.0.0.2',
      uptime: 0.981,
      ping: 7,
      tags: [{ name: 'infrastructure' }],
    },
    { name: 'Paperless', type: 'docker', fields: { docker_container: 'paperless', docker_host: 1 }, uptime: 1, tags: [{ name: 'media' }] },
    { name: 'Nightly backup', type: 'push', fields: { pushToken: 'pretendpushtokenpretendpushtoken', interval: 86_400 }, uptime: 1 },
    { name: 'Old blog', type: 'http', fields: { url: 'http://blog.home.example' }, active: false, since: '2026-03-01T10:00:00Z' },
    { name: 'Printer', type: 'ping', fields: { hostname: 'printer.home.example' }, state: 'down', since: '2026-06-01T06:30:00Z' },
  ],
  maintenances: [{ title: 'Toner change', from: '2026-06-01T06:00:00', until: '2026-06-01T10:00:00', monitors: ['Printer'] }],
}
