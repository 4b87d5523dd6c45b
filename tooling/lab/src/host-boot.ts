import { namespaces } from './component.ts'

/** What a boot needs to know. */
export interface HostBoot {
  name: string
  directory: string
  controlGroup: string
  /** The process whose network namespace holds the switch. */
  network: number
  address: string
  /** The loopback port that leads to its sshd, if one does. */
  port: number | undefined
}

// A namespace to return to stays open as a file: its process ids mean nothing inside.
const outerProgram = `
exec 8</proc/$1/ns/net 9</proc/self/ns/net
shift
exec unshare ${namespaces.join(' ')} sh -c "$@"
`

// The shell is the first process of the namespaces: when it ends the kernel ends everything in them. It stands in a group of
// its own wherever systemd looks for one, or two hosts would share theirs. The port is opened
// outside and handed to a process inside, so that the way in lasts exactly as long as the host. 133 is a reboot.
const innerProgram = `
set -e
directory=$1 name=$2 group=$3 address=$4 card=$5 port=$6
for hierarchy in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  if [ -e $hierarchy/cgroup.procs ]; then
    mkdir -p $hierarchy/$group
    echo 0 > $hierarchy/$group/cgroup.procs
  fi
done
ip link set lo up
ip link add eth0 address $card type veth peer name "to-$name" netns /proc/self/fd/8
nsenter --net=/proc/self/fd/8 ip link set "to-$name" master switch up
ip address add "$address/24" dev eth0
ip link set eth0 up
root=$directory/root
mkdir -p $root
mount -o loop $directory/disk.img $root
if [ -e $directory/first ]; then
  cp -a $directory/first/. $root/
  chroot $root chpasswd < $directory/admin-password
  rm -rf $directory/first
fi
if [ -n "$port" ]; then
  nsenter --net=/proc/self/fd/9 systemd-socket-activate --listen=127.0.0.1:$port \\
    nsenter --net=/proc/1/ns/net /lib/systemd/systemd-socket-proxyd $address:22 &
fi
exec 8<&- 9<&-
set +e
while
  systemd-nspawn --quiet --register=no --keep-unit --directory=$root --machine=$name --hostname=$name \\
    --link-journal=no --resolv-conf=off --timezone=off --console=pipe --boot &
  machine=$!
  trap 'kill -TERM $machine' TERM
  wait $machine
  code=$?
  while [ $code -eq 143 ]; do wait $machine; code=$?; done
  [ $code -eq 133 ]
do :; done
umount $root
`

/** The command that boots a host: its last child is the machine, its end is the end of everything in it. */
export function bootCommand({ name, directory, controlGroup, network, address, port }: HostBoot): string[] {
  // The same card after every boot: the others remember where it was.
  const card = ['02', '00', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':')
  const inner = [innerProgram, 'init', directory, name, controlGroup, address, card, port === undefined ? '' : String(port)]
  return ['sh', '-c', outerProgram, 'boot', String(network), ...inner]
}
