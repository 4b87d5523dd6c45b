/** A program that runs another one, given in its own arguments. */
export interface Wrapper {
  /** The options that change nothing about what is run; others are asked. */
  options?: string
  /** Operands before the inner command begins. */
  operands?: number
  /** `NAME=value` may stand before the inner command. */
  assignments?: boolean
  /** Options whose value is the directory the inner command runs in. */
  directories?: readonly string[]
  /** The inner command is asked even where it would be allowed. */
  why?: string
  /** Options with which nothing is run. */
  looks?: string
  /** What stands alone is harmless. */
  alone?: boolean
}

const elsewhere = 'runs a command in surroundings the policy does not see'

/** Every wrapper the policy sees through. */
export const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>(
  Object.entries({
    sudo: {
      options:
        '-n -E -H -k -b -S -P -v -l -u: -g: -p: -C: -T: -D: --user: --group: --prompt: --chdir: --non-interactive --preserve-env? --set-home --background --stdin',
      directories: ['-D', '--chdir'],
      assignments: true,
    },
    doas: { options: '-n -u:' },
    env: {
      options: '-i -0 -v - --ignore-environment --null --debug -u: --unset: -C: --chdir:',
      directories: ['-C', '--chdir'],
      assignments: true,
      alone: true,
    },
    nohup: {},
    timeout: {
      options: '-v --verbose --foreground --preserve-status -p -f -k: -s: --kill-after: --signal:',
      operands: 1,
    },
    nice: { options: '-# -n: --adjustment:', alone: true },
    ionice: { options: '-t -c: -n: --class: --classdata: --ignore' },
    chrt: { options: '-b -f -i -o -r -v -R -T: -P: -D:', operands: 1 },
    taskset: { options: '-a -c', operands: 1 },
    numactl: { options: '-N: -m: -i: --cpunodebind: --membind: --interleave:' },
    setsid: { options: '-c -f -w --ctty --fork --wait' },
    stdbuf: { options: '-i: -o: -e: --input: --output: --error:' },
    unbuffer: {},
    time: { options: '-p -v -q -a -f: --portability --verbose --quiet --format:' },
    command: { options: '-p', looks: '-v -V' },
    builtin: {},
    exec: { options: '-c -l -a:', alone: true },
    busybox: {},
    toybox: {},
    setarch: { options: '-R', operands: 1 },
    linux32: { options: '-R' },
    linux64: { options: '-R' },
    choom: { options: '-n: -p:' },
    setpriv: {
      options: '--no-new-privs --clear-groups --init-groups --keep-groups --reuid: --regid: --ruid: --rgid: --groups: --reset-env',
    },
    catchsegv: {},
    ltrace: { why: elsewhere },
    strace: { options: '-f -c -q -t -y -e: -p: -s:', why: elsewhere },
    gosu: { operands: 1 },
    'su-exec': { operands: 1 },
    pkexec: { options: '--user:' },
    chroot: { options: '--userspec: --groups: --skip-chdir', operands: 1, why: elsewhere },
    nsenter: {
      options:
        '-a -m? -u? -i? -n? -p? -U? -C? -T? -F -t: -S: -G: --all --mount? --uts? --ipc? --net? --pid? --user? --cgroup? --target: --no-fork --preserve-credentials -r? -w? --root? --wd?',
      why: elsewhere,
    },
    unshare: {
      options:
        '-m? -u? -i? -n? -p? -U? -C? -T? -f -r -c --mount? --uts? --ipc? --net? --pid? --user? --cgroup? --fork --map-root-user --mount-proc?',
      why: elsewhere,
    },
    'systemd-run': {
      options:
        '--scope --user --system -q --quiet --no-block -P --pipe -t --pty -d --same-dir -G --collect -r --remain-after-exit --wait --no-ask-password -u: --unit: -p: --property: --slice: --description: -E: --setenv: --uid: --gid: --nice: --working-directory: --on-active: --on-boot: --on-startup: --on-calendar: --on-unit-active: --service-type:',
      why: 'starts a unit, now or later',
    },
    'systemd-inhibit': { options: '--what: --who: --why: --mode: --no-pager' },
    'start-stop-daemon': { why: elsewhere },
    daemonize: { why: elsewhere },
    'dbus-run-session': { why: elsewhere },
    fakeroot: { why: elsewhere },
    proot: { why: elsewhere },
    firejail: { why: elsewhere },
    bwrap: { why: elsewhere },
    faketime: { operands: 1, why: elsewhere },
    cpulimit: { options: '-l: -f -i', why: elsewhere },
    prlimit: { why: elsewhere },
    parallel: { options: '-j: -k --jobs: --keep-order --dry-run', why: 'makes commands of text that is not known before it runs' },
    'lxc-attach': { options: '-n: --name: --clear-env --keep-env' },
    'ld-linux-x86-64.so.2': { why: elsewhere },
    'ld-linux.so.2': { why: elsewhere },
    'ld-linux-aarch64.so.1': { why: elsewhere },
    'ld.so': { why: elsewhere },
    batch: { why: 'runs commands later' },
    entr: { options: '-c -r -d -n -s -p -z', why: elsewhere },
    chronic: {},
    torsocks: { why: elsewhere },
    proxychains: { why: elsewhere },
    proxychains4: { why: elsewhere },
    tini: { why: elsewhere },
    'dumb-init': { why: elsewhere },
  } satisfies Record<string, Wrapper>),
)
