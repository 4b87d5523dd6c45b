import { existsSync } from 'node:fs'

/** The shells of this machine whose reading ours is held to. */
export const shells = ['/bin/dash', '/usr/bin/dash', '/bin/bash', '/usr/bin/bash'].filter(
  (path, index, all) => existsSync(path) && all.findIndex((other) => other.endsWith(path.slice(-4)) && existsSync(other)) === index,
)

/** An argument vector as one line of a POSIX shell. */
export function quoted(argv: readonly string[]): string {
  return argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
}
