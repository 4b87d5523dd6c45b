import type { DomainEntry, ListEntry } from '../pihole-schema.ts'

/** An entry as a world tells of it: enabled and for everybody, unless it says otherwise. */
type Told<Entry extends DomainEntry | ListEntry> = Omit<Entry, 'enabled' | 'groups' | 'comment'> &
  Partial<Pick<Entry, 'enabled' | 'groups' | 'comment'>>

/** A query somebody made. */
export interface SimulatedQuery {
  minutesAgo: number
  domain: string
  client: string
  name?: string
  type?: string
  status?: string
  upstream?: string
}

/** What one pretend Pi-hole begins with. */
export interface SimulatedPihole {
  hostName: string
  address: string
  /** Further addresses of its interfaces, as one that is shared. */
  addresses?: readonly string[]
  /** Without one, the file that tells it is missing. */
  version?: string
  /** Without one, nobody has to log in. */
  password?: string
  totpSecret?: string
  isAppPassword?: boolean
  appSudo?: boolean
  /** How many sessions there may be. */
  seats?: number
  isDnsDown?: boolean
  blocking?: { enabled: boolean; seconds?: number }
  hosts: readonly string[]
  cnames: readonly string[]
  upstreams: readonly string[]
  domains?: readonly Told<DomainEntry>[]
  lists?: readonly (Told<ListEntry> & { holds?: readonly string[]; count?: number })[]
  groups?: readonly { id: number; name: string; enabled: boolean }[]
  gravityDays?: number
  /** Why gravity cannot be built, as its run says it. */
  gravityProblem?: string
  queries?: readonly SimulatedQuery[]
  queriesToday?: { total: number; blocked: number }
  messages?: readonly { type: string; plain: string; minutesAgo: number }[]
  /** What its upstreams answer, by name and type. */
  internet?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** The Pi-holes of a lab, by the names of their instances. */
export interface PiholeWorld {
  instances: Readonly<Record<string, SimulatedPihole>>
  /** An address they share, as by keepalived. */
  virtualAddress?: string
}

const shared = {
  version: 'v6.2.2',
  cnames: ['media.home.example,nas.home.example', 'photos.home.example,nas.home.example'],
  upstreams: ['9.9.9.9', '149.112.112.112'],
  domains: [
    { domain: 'tracker.example.net', type: 'deny', kind: 'exact', comment: 'television' },
    { domain: '(^|\\.)telemetry\\.', type: 'deny', kind: 'regex' },
    { domain: 'cdn.shop.example', type: 'allow', kind: 'exact', comment: 'shop is broken without it' },
  ],
  lists: [
    {
      address: 'https://lists.example/ads.txt',
      type: 'block',
      comment: 'advertising',
      holds: ['ads.example.com', 'cdn.shop.example', 'metrics.example.org'],
      count: 141_200,
    },
    { address: 'https://lists.example/malware.txt', type: 'block', holds: ['bad.example'], count: 20_310 },
  ],
  gravityDays: 3,
  internet: { 'example.com': { A: ['192.0.2.80'], AAAA: ['2001:db8::80'], MX: ['mail.example.com'], TXT: ['v=spf1 -all'] } },
} as const satisfies Partial<SimulatedPihole>

const hosts = [
  '10.20.0.1 router.home.example',
  '10.20.0.11 nas.home.example files.home.example',
  'fd00:20::11 nas.home.example',
  '10.20.0.12 attic.home.example',
]

/** Two mirrored Pi-holes; somebody added a record to one of them by hand. */
export const defaultWorld: PiholeWorld = {
  virtualAddress: '10.20.0.53',
  instances: {
    primary: {
      ...shared,
      hostName: 'pihole-one',
      address: '10.20.0.2',
      addresses: ['10.20.0.53'],
      password: 'pretend-web-password',
      totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      hosts: [...hosts, '10.20.0.40 printer.home.example'],
      queriesToday: { total: 48_210, blocked: 6_120 },
      queries: [
        { minutesAgo: 1, domain: 'ads.example.com', client: '10.20.0.60', name: 'tablet.home.example', status: 'GRAVITY' },
        { minutesAgo: 3, domain: 'nas.home.example', client: '10.20.0.61', status: 'CACHE' },
        { minutesAgo: 9, domain: 'example.com', client: '10.20.0.61', status: 'FORWARDED', upstream: '9.9.9.9#53' },
        { minutesAgo: 95, domain: 'tracker.example.net', client: '10.20.0.62', name: 'tv.home.example', status: 'DENYLIST' },
      ],
    },
    secondary: {
      ...shared,
      hostName: 'pihole-two',
      address: '10.20.0.3',
      password: 'pretend-app-password',
      isAppPassword: true,
      appSudo: true,
      hosts,
      queriesToday: { total: 1_904, blocked: 201 },
      queries: [{ minutesAgo: 30, domain: 'ads.example.com', client: '10.20.0.62', name: 'tv.home.example', status: 'GRAVITY' }],
    },
  },
}
