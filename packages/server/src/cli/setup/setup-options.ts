/** What `setup` can be told instead of being asked. */
export interface SetupOptions {
  tier?: string
  host?: string
  bootstrap?: 'auto' | 'paste'
  /** Who logs in, and where, if it is not root at the host. */
  ssh?: string
  sshHostKey?: string
  passwordFile?: string
  answerFile?: string
  user?: string
  instance?: string
  client?: string[]
  config?: string
  yes?: boolean
  acceptFingerprints?: boolean
  revokeOthers?: boolean
  dryRun?: boolean
  remove?: boolean
}
