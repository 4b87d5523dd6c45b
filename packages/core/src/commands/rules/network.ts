import type { Judge, Rules, Scope } from '../call.ts'
import { asks, each, strictly, verbs } from '../judges.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { isKnown, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'

const cuts = 'changes the network or the firewall this host is reached through'

const objects = /^(?:a|ad|addr|address|l|li|link|r|ro|route|n|ne|nei|neigh|neighbor|neighbour|ru|rule|maddr|mroute|tunnel|netns|xfrm|-\w+)$/
const shows = /^(?:sh|sho|show|l|ls|li|lis|list|get|lst)$/

/** `ip`: without a verb, and with `show`, it only looks. */
const ip: Judge = ({ words }) => {
  const known = words.every(isKnown)
  const options = words.findIndex(
    ({ text }) =>
      !/^-(?:4|6|br|brief|c|color|d|details|s|stats|j|json|p|pretty|o|oneline|h|human|f|family|inet6?|r|resolve|ts)$/.test(
        text.replace(/=.*$/, ''),
      ),
  )
  const [object, verb] = options < 0 ? [] : words.slice(options)
  if (!known) return ask('has words that are not known before it runs')
  if (object === undefined) return undefined
  if (!objects.test(object.text)) return ask(cuts)
  const isShort = verb?.text === 's' && /^[ar]/.test(object.text)
  return verb === undefined || isShort || shows.test(verb.text) ? undefined : ask(cuts)
}

const listing =
  /^(?:-[LSnvxZ0-9]*[LS][LSnvx]*|-n|-v|-nv|-vn|-x|--list|--list-rules|--numeric|--verbose|--line-numbers|--exact|-t|--table|-w|filter|nat|mangle|raw|security|INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|DOCKER[\w-]*|f2b-[\w-]+)$/

const tables: Judge = ({ words }) =>
  words.length > 0 &&
  words.every((word) => isKnown(word) && listing.test(word.text)) &&
  words.some(({ text }) => /^(?:-\w*[LS]\w*|--list|--list-rules)$/.test(text))
    ? undefined
    : ask(cuts)

/** A file is written under a name the command gives, or under one the other end does. */
function downloads(output: Word | undefined, scope: Scope): Opinion {
  if (output === undefined) return ask('writes a file under a name it is sent')
  return output.text === '-' ? undefined : judgeWrite(output, scope)
}

/** The network and the firewall. */
export const network: Rules = {
  ip,
  ...each('iptables ip6tables iptables-legacy iptables-nft ip6tables-legacy ebtables arptables', tables),
  ...each('iptables-save ip6tables-save', ({ words }) => (words.length === 0 ? undefined : ask(cuts))),
  ...each(
    'iptables-restore ip6tables-restore ifup ifdown ifreload ifenslave netplan nmtui route arp brctl tc wg-quick dhclient dhcpcd udhcpc vconfig wpa_cli rfkill iwconfig conntrack ipset',
    asks(cuts),
  ),
  ifconfig: strictly('-a -s', (_, { operands }) => (operands.length > 1 ? ask(cuts) : undefined)),
  ifquery: () => undefined,
  nft: verbs({
    options: '-a -n -s -j -nn',
    allow: 'list',
    ask: { 'flush delete add insert replace reset create destroy rename': cuts },
    risky: ({ words }) => (words.some(({ text }) => /[;{\n\0]/.test(text)) ? ask(cuts) : undefined),
  }),
  ufw: verbs({
    allow: 'status show version',
    ask: { 'disable reset enable allow deny reject limit delete insert reload default logging route app': cuts },
  }),
  'firewall-cmd': ({ words }) =>
    words.length > 0 &&
    words.every(({ text }) => /^--(?:state|list-[\w-]+|get-[\w-]+|info-[\w-]+=[\w-]+|zone=\w+|permanent|query-[\w-]+=[\w/-]+)$/.test(text))
      ? undefined
      : ask(cuts),
  nmcli: verbs({
    alone: true,
    options: '-t -p -f: -g: -c: --terse --pretty --fields: --get-values:',
    allow: 'general general.status device device.status device.show dev dev.status dev.show connection.show con.show c.show d g',
    ask: { 'networking radio connection con device.disconnect device.modify': cuts },
  }),
  resolvectl: verbs({
    alone: true,
    options: '--no-pager',
    allow: 'status query statistics',
    ask: { 'flush-caches revert reset-statistics': cuts },
    judge: { 'dns domain': ({ words }) => (words.length > 1 ? ask(cuts) : undefined) },
  }),
  networkctl: verbs({
    alone: true,
    options: '--no-pager -a',
    allow: 'status list lldp',
    ask: { 'down up renew reload reconfigure forcerenew delete': cuts },
  }),
  wg: verbs({ alone: true, allow: 'show', ask: { 'set setconf addconf syncconf showconf': cuts } }),
  tailscale: verbs({ allow: 'status ip netcheck ping version whois', ask: { 'down logout up set switch serve funnel ssh lock': cuts } }),
  'fail2ban-client': verbs({ allow: 'status ping version', ask: { 'stop reload unban set restart start': cuts } }),
  ...each('nc ncat netcat socat telnet tcpdump tshark nmap ftp sftp lftp rclone', asks('opens connections the policy does not read')),
  curl: strictly(
    '-s -S -f -k -L -I -i -v -g -G -4 -6 -N -# -m: -A: -b: -e: -H: -r: -u: -w: --silent --show-error --fail --insecure --location --head --include --verbose --compressed --http1.1 --http2 --get --no-buffer --ipv4 --ipv6 --no-progress-meter --fail-with-body --max-time: --connect-timeout: --user-agent: --header: --range: --write-out: --cookie: --referer: --user: --cacert: --resolve: --retry: --retry-delay: --max-redirs: --url: -X: --request: -o: --output:',
    ({ words, scope }, { given }) =>
      strictest([
        given.some(({ name, value }) => (name === '-X' || name === '--request') && !/^(?:GET|HEAD|OPTIONS)$/.test(value?.text ?? ''))
          ? ask('changes something at the other end')
          : undefined,
        // A file that is read into a header or a format is named with an @.
        given.some(
          ({ name, value }) =>
            ['-w', '--write-out', '-H', '--header', '-b', '--cookie'].includes(name) && /^@|%output/.test(value?.text ?? ''),
        )
          ? ask('reads or writes a file on the way')
          : undefined,
        ...given.filter(({ name }) => name === '-o' || name === '--output').map(({ value }) => downloads(value, scope)),
        words.some((word) => word.splits) ? ask('has words that are not known before it runs') : undefined,
      ]),
  ),
  wget: strictly(
    '-q -S -4 -6 -T: -t: --spider --quiet --server-response --timeout: --tries: --no-verbose --no-check-certificate -O: --output-document:',
    ({ scope }, { given }) => {
      if (given.some(({ name }) => name === '--spider')) return undefined
      const outputs = given.filter(({ name }) => name === '-O' || name === '--output-document')
      return outputs.length === 0 ? downloads(undefined, scope) : strictest(outputs.map(({ value }) => downloads(value, scope)))
    },
  ),
}
