import { spawn } from 'node:child_process'
import { searchPath } from './component.ts'

// The end of its input means the test is gone; the processes it started are ending by themselves then.
const program = `
read -r line && exit 0
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.2
  [ -z "$2" ] || find /sys/fs/cgroup -depth -type d -path "*/$2*" -exec rmdir {} + 2>/dev/null
  rm -rf --one-file-system -- "$1" 2>/dev/null
  [ -e "$1" ] || [ -n "$(find /sys/fs/cgroup -type d -name "$2" 2>/dev/null)" ] || exit 0
done
`

/** Removes a directory, and a control group if there is one, when this process dies before it could; returns how to call that off. */
export function guard(directory: string, controlGroup = ''): () => void {
  const guardian = spawn('sh', ['-c', program, 'guardian', directory, controlGroup], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { PATH: searchPath() },
  })
  guardian.on('error', () => undefined)
  guardian.stdin.on('error', () => undefined)
  guardian.unref()
  // A guardian is no reason to stay alive.
  ;(guardian.stdin as unknown as { unref(): void }).unref()
  return () => void guardian.stdin.end('done\n')
}
