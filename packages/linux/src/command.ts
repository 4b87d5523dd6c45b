import { sh } from './script.ts'

/** A command somebody wants run: words for a program, or text for a shell. */
export interface Command {
  argv?: readonly string[] | undefined
  script?: string | undefined
  directory: string | undefined
  seconds: number
}

/** What came of it. */
export interface CommandOutcome {
  exitCode: number
  timedOut: boolean
  stdout: string
  stderr: string
  /** Bytes of each in all, where less is shown. */
  written: { stdout: number; stderr: number } | undefined
}

/**
 * Comes by root's rights and becomes the starter there. It stays itself, for its own end tells a starter it may not
 * signal that nobody waits any more: elevation, starter, then the parameters of the starter.
 */
export const launcher = sh`
elevation=$1 starter=$2
shift 2
case $elevation in
  none) sh -c "$starter" sh "$$" "$@" ;;
  passwordless) LC_ALL=C sudo -n -- sh -c "$starter" sh "$$" "$@" ;;
  password) LC_ALL=C sudo -k -S -p '' -- sh -c "$starter" sh "$$" "$@" ;;
esac
exit
`

// Reads the script whole before it begins, so that no program in it can eat the rest of it.
const scriptRunner = 'text=$(cat); exec </dev/null; eval "unset text; $text"'

// In a session of its own, so that one signal reaches all of it, and what ends the starter does not end who looks after it.
const guard = sh`
limit=$1 launcher=$2 starter=$3 group=$4 count=0
while kill -0 "$launcher" && kill -0 "$starter"; do
  [ "$count" -lt "$limit" ] || { kill -USR1 "$starter"; break; }
  sleep 1
  count=$((count + 1))
done
kill -TERM "$group"
sleep 2
kill -KILL "$group"
`

/**
 * Runs one command with an end to it: launcher, mark, seconds, directory, kind, its words. On standard input stands the
 * mark, and behind it the script. What it leaves running in its session ends with it. The last line tells how it ended.
 */
export const starter = sh`
launcher=$1 mark=$2 limit=$3 directory=$4 kind=$5
shift 5
while IFS= read -r line && [ "$line" != "$mark" ]; do :; done
unset LC_ALL line
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH
[ -z "$directory" ] || cd -- "$directory" || { printf '\n%s 1 directory\n' "$mark"; exit 1; }
exec 3<&0 </dev/null
late=
trap 'late=yes' USR1
if command -v setsid >/dev/null 2>&1; then lead=setsid sign=-; else lead=env sign=; fi
if [ "$kind" = script ]; then $lead sh -c '${scriptRunner}' sh <&3 3<&- &
else $lead sh -c 'exec "$@"' sh "$@" </dev/null 3<&- &
fi
child=$!
exec 3<&-
$lead sh -c '${guard}' sh "$limit" "$launcher" "$$" "$sign$child" >/dev/null 2>&1 </dev/null &
guard=$!
exec 2>/dev/null
wait "$child"
code=$?
[ -z "$late" ] || { wait "$child"; code=124; }
if [ -z "$late" ]; then
  kill -KILL "$sign$guard"
  [ -z "$sign" ] || kill -KILL "-$child"
fi
printf '\n%s %s %s\n' "$mark" "$code" "\${late:-ended}"
`

/** How a command ended, from the last line of what it printed; undefined where the starter did not come to its end. */
export function endOfCommand(stdout: string, mark: string): { how: string; exitCode: number; rest: string } | undefined {
  const at = stdout.lastIndexOf(`\n${mark} `)
  const [, code, how] = at === -1 ? [] : (/^\n\S+ (\d+) (\w+)\n/.exec(stdout.slice(at)) ?? [])
  return code === undefined || how === undefined ? undefined : { how, exitCode: Number(code), rest: stdout.slice(0, at) }
}
