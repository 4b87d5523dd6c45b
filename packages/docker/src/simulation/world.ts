/** A container of a pretend engine; what is left out is the usual. */
export interface SimulatedContainer {
  name: string
  image: string
  project?: string
  /** Compose service; the name without the project when not given. */
  service?: string
  dependsOn?: readonly string[]
  command?: readonly string[]
  /** `running` when not given. */
  state?: 'running' | 'exited' | 'restarting' | 'paused' | 'created'
  /** Left out where the container has no health check. */
  health?: 'healthy' | 'unhealthy'
  /** What the failing health check prints. */
  probe?: string
  exitCode?: number
  outOfMemory?: boolean
  /** Why the engine could not start it. */
  error?: string
  restarts?: number
  /** `unless-stopped` when not given. */
  restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure'
  /** Oldest first; a line that begins with `! ` went to stderr. */
  log?: readonly string[]
  /** What it writes when started anew. */
  startLog?: readonly string[]
  /** `well` when not given: what comes of starting it anew. */
  onStart?: 'well' | 'unhealthy' | 'crash'
  /** `8080:80`, outside and inside. */
  ports?: readonly string[]
  /** `name:/path` for a volume, `/host:/path` for a directory. */
  mounts?: readonly string[]
  /** A network besides the project's own; `host`, or `container:<name>`, instead of it. */
  network?: string
  environment?: Readonly<Record<string, string>>
  labels?: Readonly<Record<string, string>>
  memoryMib?: number
  memoryLimitMib?: number
  cpuPercent?: number
  /** What commands in it print and end with, by their words; `echo` and `sleep` are known without. */
  commands?: Readonly<Record<string, { stdout?: string; stderr?: string; exitCode?: number }>>
  /** Hours since it last started, or ended. */
  hours?: number
  hasTerminal?: boolean
  /** True where it is deleted when it ends. */
  isRemovedAtEnd?: boolean
}

/** All a pretend engine knows at the start. */
export interface DockerWorld {
  host?: string
  version?: string
  apiVersion?: string
  cpus?: number
  memoryGib?: number
  /** ISO 8601: when the story begins. */
  now?: string
  containers: readonly SimulatedContainer[]
  /** Megabytes by image name; those of containers are there anyway. `<none>` and a suffix is one without a name. */
  images?: Readonly<Record<string, number>>
  /** Megabytes by volume name; those of containers are there anyway. */
  volumes?: Readonly<Record<string, number>>
  /** Megabytes by id of a record of the build cache. */
  buildCache?: Readonly<Record<string, number>>
}

/** A small engine: enough of everything to see each tool do something. */
export const defaultWorld: DockerWorld = {
  host: 'shelf',
  containers: [
    {
      name: 'web',
      image: 'nginx:1.29',
      project: 'shop',
      dependsOn: ['api'],
      health: 'healthy',
      ports: ['8080:80'],
      mounts: ['/srv/shop:/usr/share/nginx/html'],
      log: ['GET / 200', '! upstream api timed out', 'GET /cart 504', 'GET / 200'],
      memoryMib: 24,
      cpuPercent: 0.4,
      hours: 70,
    },
    {
      name: 'api',
      image: 'registry.lan/shop/api:4.2',
      project: 'shop',
      dependsOn: ['db'],
      command: ['node', 'server.js', '--db-password=orchid-lantern-77'],
      health: 'unhealthy',
      probe: 'GET /healthz: 500 connection to db lost',
      environment: { DATABASE_PASSWORD: 'orchid-lantern-77', NODE_ENV: 'production' },
      log: ['listening on :3000', '! Error: connection to db lost', '! giving up after 5 attempts'],
      startLog: ['listening on :3000', 'connected to db'],
      memoryMib: 180,
      cpuPercent: 3.2,
      hours: 70,
    },
    {
      name: 'db',
      image: 'postgres:17',
      project: 'shop',
      health: 'healthy',
      mounts: ['shop_db:/var/lib/postgresql/data'],
      environment: { POSTGRES_PASSWORD: 'orchid-lantern-77' },
      log: ['database system is ready to accept connections'],
      commands: { 'pg_isready -U shop': { stdout: '/var/run/postgresql:5432 - accepting connections' } },
      memoryMib: 490,
      memoryLimitMib: 512,
      cpuPercent: 1.1,
      hours: 70,
    },
    {
      name: 'mailer',
      image: 'registry.lan/shop/mailer:2.0',
      state: 'restarting',
      exitCode: 1,
      restarts: 41,
      restartPolicy: 'always',
      onStart: 'crash',
      log: ['starting', '! smtp.lan: connection refused'],
      hours: 1,
    },
    {
      name: 'backup',
      image: 'restic/restic:0.18.1',
      state: 'exited',
      exitCode: 3,
      restartPolicy: 'on-failure',
      mounts: ['shop_db:/data'],
      log: ['open repository', '! Fatal: wrong password or no key found'],
      hours: 6,
    },
    {
      name: 'probe',
      image: 'busybox:1.37',
      network: 'container:web',
      restartPolicy: 'no',
      hasTerminal: true,
      log: ['ok', 'ok'],
      memoryMib: 1,
      hours: 5,
    },
    { name: 'import', image: 'busybox:1.37', state: 'exited', restartPolicy: 'no', log: ['imported 214 rows'], hours: 50 },
  ],
  images: { 'nginx:1.27': 192, '<none>:1': 310 },
  volumes: { shop_db_old: 2140 },
  buildCache: { k8x2m5p0q7r3s1t9u4v6w2y8z: 184 },
}
