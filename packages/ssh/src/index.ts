export type { SshConfig } from './config.ts'
export type { RemoteContent, RemoteEntry, RemoteFiles } from './remote-files.ts'
export { openFiles, overSsh, type SshConnection, type SshContext } from './over-ssh.ts'
export { quote } from './quote.ts'
