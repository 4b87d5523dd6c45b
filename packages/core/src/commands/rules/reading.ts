import type { Rules } from '../call.ts'
import { each, reads, risky, strictly } from '../judges.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { isKnown } from '../shell/word.ts'
import { ask, strictest } from '../verdict.ts'

const diskSettings = risky({
  values: 'dqrlntv',
  ask: { '-s --smart --set -o --offlineauto -S --saveauto -X --abort -C --captive -B --drivedb': 'changes settings of a disk' },
})

/** Programs that look and compute. No option of the first group writes, sets or runs anything. */
export const reading: Rules = {
  ...each(
    'cat tac rev head tail wc cut tr nl od hexdump strings fold expand unexpand fmt paste join comm cmp diff md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum base32 base64 basenc seq factor numfmt stat ls dir vdir du df free uptime id whoami groups logname users who w last uname arch nproc lscpu lsusb lspci lsmod modinfo lsns lslocks lsmem readlink realpath basename dirname pwd printenv tty getent locale ps pgrep pidof iostat mpstat vmstat netstat ping ping6 traceroute tracepath mtr dig host whois zcat bzcat xzcat zstdcat zgrep grep egrep fgrep jq getfacl lsattr sleep dpkg-query findmnt mountpoint pveversion column cal lsblk namei getconf expr tput',
    reads,
  ),
  sort: risky({ values: 'ktS', ask: { '-o --output --compress-program -T --temporary-directory': 'writes a file or runs a program' } }),
  uniq: strictly('-c -d -D -i -u -z -f: -s: -w: --count --repeated --unique --ignore-case', (_, { operands }) =>
    operands.length > 1 || operands.some((word) => !isKnown(word)) ? ask('writes its second file') : undefined,
  ),
  file: risky({ values: 'fFmPe', ask: { '-C --compile': 'writes a file' } }),
  tree: risky({ values: 'LPIHTo', ask: { '-o -R': 'writes a file' } }),
  date: strictly(
    '-u -R -I? -d: -r: -f: --date: --utc --universal --iso-8601? --rfc-3339: --reference: --rfc-email --file:',
    (_, { operands }) => (operands.some(({ text }) => !text.startsWith('+')) ? ask('sets the clock') : undefined),
  ),
  hostname: strictly('-f -s -d -i -I -A -a --fqdn --short --all-ip-addresses --ip-address --domain', (_, { operands }) =>
    operands.length > 0 ? ask('renames this host') : undefined,
  ),
  dmesg: risky({
    values: 'fFlns',
    ask: { '-C --clear -c --read-clear -D --console-off -E --console-on -n --console-level': 'changes what the kernel logs' },
  }),
  journalctl: risky({
    values: 'unopgtSUcDbM',
    ask: {
      '--vacuum-size --vacuum-time --vacuum-files --rotate --flush --relinquish-var --smart-relinquish-var --setup-keys --update-catalog --cursor-file --sync':
        'changes the journal',
    },
  }),
  top: strictly('-b -c -H -i -n: -d: -p: -u: -U: -o: -w? -E: -e:'),
  lsof: risky({ values: 'acdfiopsuFgT', ask: { '-D': 'writes a file' } }),
  blkid: risky({ values: 'Loptsu', ask: { '-c --cache-file -w': 'writes a file' } }),
  sensors: risky({ values: '', ask: { '-s --set -c --config-file': 'sets limits of the hardware' } }),
  smartctl: (call) =>
    strictest([
      diskSettings(call),
      call.words.some(({ text }) => /scterc,|,\d/.test(text)) ? ask('changes settings of a disk') : undefined,
    ]),
  'nvidia-smi': strictly('-L -q -l: -i: -d: --query-gpu: --format: --list-gpus --loop: --id:', (_, { operands }) =>
    operands.length > 0 ? ask('is used in a way the policy does not know') : undefined,
  ),
  ss: risky({ values: 'fAo', ask: { '-K --kill': 'closes connections', '-D --diag -F --filter': 'reads or writes a file' } }),
  xxd: strictly('-b -c: -g: -l: -s: -p -u -a -e -i', (_, { operands }) =>
    operands.length > 1 ? ask('writes its second file') : undefined,
  ),
  hdparm: strictly('-I -i -t -T -C -g', (_, { given }) => (given.length === 0 ? ask('changes settings of a disk') : undefined)),
  ethtool: strictly('-i -S -k -a -g -c -m -l -x -T', () => undefined),
  openssl: ({ words, scope }) => {
    const [verb] = words
    const isKnownVerb = ['x509', 'version', 's_client', 'verify', 'dgst', 'rand', 'crl'].includes(verb?.text ?? '')
    const steered = words.some(({ text }) =>
      /^-{1,2}(?:engine|provider|provider-path|propquery|config|rand|writerand|keylogfile|sess_out|msgfile|CAserial|out(?==))(?:=|$)/.test(
        text,
      ),
    )
    const output = words.findIndex(({ text }) => /^-{1,2}out$/.test(text))
    return strictest([
      isKnownVerb && !steered && words.every(isKnown) ? undefined : ask('is used in a way the policy does not know'),
      output < 0 || words[output + 1] === undefined ? undefined : judgeWrite(words[output + 1]!, scope),
    ])
  },
}
