import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'Active is not working',
    text: 'A unit is active as soon as systemd believes it started; one of Type=simple counts as active before it listens. Probe its port with probe_tcp or probe_http.',
  },
  {
    title: 'A failed unit may be old news',
    text: 'A unit stays failed until it is started again, though the cause may be gone for weeks. get_unit says since when; get_unit_logs says why.',
  },
  {
    title: 'No space left with space left',
    text: 'Where df shows room and writing fails, inodes are used up, or a deleted file is still held open by a running program. check_host counts inodes too.',
  },
  {
    title: 'One broken mount hangs everything',
    text: 'A program that touches a dead NFS mount waits for ever and cannot be killed; df itself may hang. Look for processes in state D before restarting what merely waits.',
  },
  {
    title: 'A degraded pool still works',
    text: 'ZFS, MD and Btrfs go on without a disk and say nothing to those who use them. check_pools tells; replace the disk before the next one goes, and before a scrub or a reboot.',
  },
  {
    title: 'SMART says passed until the end',
    text: 'The verdict of a disk turns bad late. Reallocated, pending and uncorrectable sectors that grow mean a copy should be made now; check_disks shows them.',
  },
  {
    title: 'Updates need a restart to count',
    text: 'A patched library stays unused by programs that run, and a new kernel until the reboot. check_updates says whether a restart is waiting.',
  },
  {
    title: 'Two MTUs on one network lose only the large',
    text: 'Small packets pass, so ping and login work while transfers stall. Compare with get_interfaces on both ends before anything is reinstalled.',
  },
]

export default pitfalls
