import type { Call, Judge, Rules } from '../call.ts'
import { asks, each, risky, verbs } from '../judges.ts'
import { isKnown, type Word } from '../shell/word.ts'
import { ask, strictest, type Opinion } from '../verdict.ts'

const base = (name: string) => name.replace(/\.(?:service|socket|timer|path)$/, '')

const vital =
  /^(?:sshd?|sshd?@.*|dropbear|.*rackwarden.*|dbus|dbus-broker|dbus-daemon|messagebus|systemd-.*|user@.*|getty@.*|networking|network|NetworkManager|netctl.*|ifup@.*|connman|dhcpcd.*|wpa_supplicant.*|iwd|tailscaled?|wg-quick@.*|openvpn.*|zerotier-one|firewalld|nftables|iptables|ufw|docker|containerd|podman|libvirtd?|pve.*|corosync|pmxcfs|qemu.*|lxc.*|ceph.*|zfs.*|lvm2.*|mdadm.*|multipathd|iscsid|nfs-.*|reboot.*|poweroff.*|halt.*|kexec.*|shutdown.*|rescue|emergency|debug-shell|initrd-.*|ctrl-alt-del.*|cron|atd|k3s|kubelet|etcd)$/

function unit(word: Word, { scope }: Call): Opinion {
  if (!isKnown(word) || /[*?[\]]/.test(word.text)) return ask('names units that are not known before it runs')
  const name = word.text
  if (name.startsWith('-')) return ask('has options the policy does not know')
  if (name.includes('/') || !/(?:^[^.]+|\.(?:service|socket|timer|path))$/.test(name) || !/^[\w.@:\\-]+$/.test(name))
    return ask('names more than a service')
  const own = scope.context.ownUnits.some((candidate) => base(candidate) === base(name))
  return own || vital.test(base(name)) ? ask('touches a service this host, the way into it or this hub rests on') : undefined
}

/** On another host or in another tree of files than the one that is judged. */
const elsewhere = risky({ values: 'tpPnos', ask: { '-H --host -M --machine --root --image': 'works on another system than this one' } })

const flags = /^--(?:now|no-block|wait|quiet|no-pager|force)$|^-q$/

const units: Judge = (call) => strictest(call.words.map((word) => (flags.test(word.text) ? undefined : unit(word, call))))

/** `service nginx restart` names the verb last. */
const sysv: Judge = (call) => {
  const [name, verb] = call.words
  if (name === undefined || name.text === '--status-all') return undefined
  if (verb?.text === 'status' && isKnown(name) && !name.text.includes('/')) return undefined
  return strictest([
    unit(name, call),
    ['start', 'stop', 'restart', 'reload'].includes(verb?.text ?? '') ? undefined : ask('is used in a way the policy does not know'),
  ])
}

/** Services and what keeps them. */
export const services: Rules = {
  systemctl: verbs({
    alone: true,
    risky: elsewhere,
    options:
      '--no-pager --user --system --quiet -q -l --full --failed --all -a --plain --no-legend --state: -t: --type: -p: --property: -n: --lines: -o: --output: --now --no-block --value',
    allow:
      'status show cat list-units list-unit-files list-timers list-sockets list-dependencies list-jobs is-active is-enabled is-failed is-system-running get-default show-environment daemon-reload reset-failed help',
    ask: {
      'reboot poweroff halt kexec suspend hibernate hybrid-sleep suspend-then-hibernate soft-reboot switch-root exit rescue emergency default isolate sleep':
        'takes this host down',
      'mask unmask kill edit link revert set-default set-property set-environment unset-environment import-environment preset preset-all daemon-reexec clean freeze thaw cancel bind add-wants add-requires log-level service-log-level':
        'changes how services are run',
    },
    judge: {
      'start stop restart reload try-restart reload-or-restart try-reload-or-restart condrestart force-reload enable disable reenable':
        units,
    },
  }),
  service: sysv,
  'rc-service': sysv,
  ...each('rc-update update-rc.d chkconfig initctl openrc sv s6-svc supervisorctl pm2 monit runsv', asks('changes how services are run')),
  loginctl: verbs({
    alone: true,
    risky: elsewhere,
    options: '--no-pager',
    allow: 'list-sessions list-users show-session show-user session-status user-status',
    ask: {
      'terminate-session terminate-user kill-session kill-user reboot poweroff lock-sessions enable-linger disable-linger':
        'ends sessions or takes this host down',
    },
  }),
  hostnamectl: verbs({
    alone: true,
    risky: elsewhere,
    allow: 'status',
    ask: { 'set-hostname hostname set-chassis set-deployment': 'renames this host' },
  }),
  timedatectl: verbs({
    alone: true,
    risky: elsewhere,
    options: '--no-pager',
    allow: 'status show timesync-status list-timezones',
    ask: { 'set-time set-timezone set-ntp set-local-rtc': 'sets the clock' },
  }),
  localectl: verbs({
    alone: true,
    risky: elsewhere,
    allow: 'status list-locales list-keymaps',
    ask: { 'set-locale set-keymap': 'changes the language' },
  }),
  'systemd-analyze': verbs({
    alone: true,
    risky: elsewhere,
    options: '--no-pager --user',
    allow: 'time blame critical-chain verify security unit-paths calendar timespan',
  }),
  machinectl: verbs({
    alone: true,
    risky: elsewhere,
    options: '--no-pager',
    allow: 'list status show list-images',
    ask: { 'shell login start poweroff reboot terminate kill copy-to': 'works on machines' },
    refuse: { remove: 'destroys a machine with its disk' },
  }),
  busctl: verbs({
    alone: true,
    risky: elsewhere,
    options: '--no-pager',
    allow: 'list status tree introspect',
    ask: { 'call set-property emit': 'calls a service that may take this host down' },
  }),
  ...each('dbus-send gdbus qdbus', asks('calls a service that may take this host down')),
  chronyc: verbs({ options: '-n', allow: 'tracking sources sourcestats activity' }),
  logrotate: asks('rotates logs and runs what its configuration says'),
}
