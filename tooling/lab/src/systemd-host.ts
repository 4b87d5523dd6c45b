import type { LabNetwork } from './network.ts'

/** A Linux machine of its own: systemd as its first process, journald, sshd, and a network only the lab reaches. */
export interface SystemdHost {
  readonly name: string
  readonly directory: string
  /** Where sshd answers: a loopback port of this machine, or port 22 of an address only its network reaches. */
  readonly address: string
  readonly port: number
  /** The address of its `eth0`, which is the address it knows itself by. */
  readonly networkAddress: string
  /** `SHA256:…` of its ed25519 host key, the only one it has. */
  readonly hostFingerprint: string
  /** The private key that opens both `root` and `admin`. */
  readonly keyFile: string
  /** The user who may do everything. */
  readonly user: 'root'
  /** The user who may do everything through sudo, with a password. */
  readonly adminUser: 'admin'
  readonly adminPassword: string
  /** Runs a command inside as root, without sshd. */
  run(argv: readonly string[], options?: { input?: string }): Promise<HostCommand>
  /** Boots it again with the disk it had, and waits until sshd answers and systemd has started everything. */
  start(): Promise<void>
  /** Halts it in order, or at once as a power cut does, and keeps its disk. Its port refuses from then on. */
  stop(options?: { abruptly?: boolean }): Promise<void>
  /** Leaves its sshd accepting connections and answering none, until `resume`. */
  hang(): void
  resume(): void
  running(): boolean
  /** Stops it and removes every trace of it. */
  down(): Promise<void>
}

/** What a command inside a host said. */
export interface HostCommand {
  code: number
  stdout: string
  stderr: string
}

/** How a host is called, where it lives, and which network it stands in. */
export interface SystemdHostOptions {
  /** Its host name, by default `nas-1`. */
  name?: string
  /** The network it joins; by default one of its own. */
  network?: LabNetwork
  /** Whether a loopback port of this machine leads to its sshd, which is so by default. */
  reachable?: boolean
  /** A key file to be let in with; by default one of its own. */
  keyFile?: string
  directory?: string
  detached?: boolean
}
