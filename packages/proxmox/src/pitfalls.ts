import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'An empty list may be a right that is missing',
    text: 'Lists leave out what the token may not see, without a word. A privilege-separated token has no rights of its user: give it an ACL of its own. get_status says what it cannot see.',
  },
  {
    title: 'stop is the plug, shutdown is the button',
    text: 'stop_guest cuts the power. shutdown_guest asks over ACPI or the agent, and a guest without either ignores it until the timeout.',
  },
  {
    title: 'A guest under HA comes back',
    text: 'The HA manager starts again what it is told to keep started, and moves it when its node goes. Set its state there before anything that is to last.',
  },
  {
    title: 'Raw disks and bind mounts are in no snapshot',
    text: 'Neither is a passed-through device. A bind mount stays out of backups, too, unless it says backup=1 and is a volume. get_guest says what keeps a guest from being snapshotted or moved.',
  },
  {
    title: 'A snapshot with RAM ties a guest to its CPU',
    text: 'It is resumed only where the processor is alike, and costs as much space as the guest has memory. Leave the RAM out unless the moment matters.',
  },
  {
    title: 'Two of two nodes is not quorum for long',
    text: 'A cluster of two without a QDevice cannot be written to when one is gone: /etc/pve turns read-only, and HA does nothing.',
  },
  {
    title: 'The guest agent is asked, and may be lying down',
    text: 'Configured is not running. Without an answer there are no addresses of VMs, no clean freeze for backups and no commands; ping_agent tells.',
  },
  {
    title: 'A lock is somebody at work',
    text: 'backup, migrate, snapshot and rollback lock a guest. One that stays after its task died is taken away on the node with qm unlock or pct unlock, once nothing runs.',
  },
  {
    title: 'A clone is the same machine twice',
    text: 'Hardware addresses are new, but fixed addresses, host name, keys and scheduled jobs inside are not. Change them before both run on one network. The same goes for what restore_guest makes.',
  },
  {
    title: 'Containers do not move while they run',
    text: 'migrate_guest shuts one down, moves and starts it again. What is mounted from the node, or passed through from it, keeps any guest where it is.',
  },
  {
    title: 'A mount point is not backed up unless it says so',
    text: 'Of a container only its root is in a backup; mp0 and on need backup=1. Of a machine every disk is, unless it says backup=0. get_guest says of each whether it is backed up.',
  },
  {
    title: 'An id that is used again inherits',
    text: 'Jobs, replication, access lists and old backups go by the number. delete_guest purges all but the backups; list_backups may show those of another guest.',
  },
  {
    title: 'A disk that grew is not a file system that grew',
    text: 'resize_disk makes the device larger. A container grows with it; a machine needs its partition and file system grown inside, and nothing ever gets smaller again.',
  },
  {
    title: 'Version 9 renamed rights and HA groups',
    text: 'VM.Monitor is gone, VM.GuestAgent.* took its place, and HA groups became rules. A role made for 8 loses something on 9.',
  },
]

export default pitfalls
