import type { Call, Rules } from '../call.ts'
import { asks, each, reads, refuses, risky, verbs } from '../judges.ts'
import { ask, refuse } from '../verdict.ts'

const mdadm = ({ words }: Call) => {
  const texts = words.map(({ text }) => text)
  if (texts.some((text) => /^(?:--zero|--z|--stop|--create|--st|--cr|-S|-C|--fail|--remove|--f|-f|-r)/.test(text)))
    return refuse('takes an array or its members apart')
  const lists = texts.some((text) => ['--detail', '-D', '--examine', '-E', '--query', '-Q', '--version'].includes(text))
  return lists &&
    texts.every((text) => /^(?:--detail|-D|--examine|-E|--query|-Q|--version|--scan|-s|--brief|-b|-v|\/dev\/[\w/*-]+)$/.test(text))
    ? undefined
    : ask('changes an array')
}

const programs = risky({
  values: 'r',
  ask: { '-o --option --password-command --rsh --remote-path': 'runs a program to reach or open backups' },
})
const settings = risky({
  ask: { '-c --conf -o --out-file --log-file -i --in-file --setuser': 'reads its settings from, or writes to, a file' },
})

const ceph = verbs({
  risky: settings,
  allow: 'status health df osd.tree osd.df osd.status osd.pool.ls mon.stat pg.stat fs.status versions',

  refuse: {
    'osd.pool.delete osd.pool.rm osd.purge osd.destroy osd.rm fs.rm mon.remove mon.rm auth.del auth.rm osd.out':
      'destroys a part of a Ceph cluster',
  },
})

/** Pools, volumes and arrays. */
export const pools: Rules = {
  zpool: verbs({
    risky: risky({ values: 'oTI', ask: { '-c': 'runs a script for each disk' } }),
    allow: 'status list iostat get history events version',
    ask: {
      'export import scrub trim clear online offline replace attach detach add upgrade set checkpoint resilver sync reopen initialize reguid split wait':
        'changes a pool',
    },
    refuse: {
      destroy: 'destroys a pool with everything on it',
      labelclear: 'erases the label of a disk of a pool',
      create: 'makes a pool over what is on its disks',
      remove: 'takes a disk out of a pool',
    },
  }),
  zfs: verbs({
    allow: 'list get diff holds version userspace groupspace',
    ask: {
      'create snapshot set inherit mount unmount umount share unshare send receive recv clone promote rename hold release bookmark load-key unload-key change-key allow unallow upgrade':
        'changes a dataset',
    },
    refuse: { destroy: 'destroys a dataset or its snapshots', rollback: 'throws away everything written since a snapshot' },
  }),
  ...each('lvs vgs pvs lvdisplay vgdisplay pvdisplay lvscan vgscan pvscan lvmdiskscan', ({ words }) =>
    words.some(({ text }) => /^--(?:config|cache|mknodes|importdevices)/.test(text)) ? ask('changes what is known of volumes') : undefined,
  ),
  ...each('lvremove vgremove pvremove', refuses('destroys volumes with everything on them')),
  ...each('lvreduce vgreduce', refuses('takes space away from what is on a volume')),
  ...each('lvcreate vgcreate pvcreate', (call) =>
    call.name === 'pvcreate' ? refuse('makes a volume over what is on a disk') : ask('makes a volume'),
  ),
  ...each(
    'lvextend lvresize lvchange vgchange vgextend lvrename vgrename pvmove lvconvert pvresize vgexport vgimport vgcfgrestore',
    asks('changes volumes'),
  ),
  lvm: ({ words, scope }) => (words.length === 0 ? ask('opens a shell for volumes') : scope.judgeWords(words)),
  dmsetup: verbs({
    allow: 'ls info status table deps version',
    refuse: { 'remove remove_all wipe_table clear': 'takes mapped disks away' },
  }),
  mdadm,
  btrfs: verbs({
    allow:
      'filesystem.show filesystem.usage filesystem.df filesystem.du fi.show fi.usage fi.df subvolume.list subvolume.show device.stats device.usage scrub.status balance.status qgroup.show property.get inspect-internal.dump-super version',
    ask: {
      'scrub.start balance.start subvolume.create subvolume.snapshot device.add filesystem.resize filesystem.defragment':
        'changes a file system',
    },
    refuse: {
      'subvolume.delete device.remove device.delete device.replace su.delete sub.delete subvol.delete':
        'deletes subvolumes or takes disks away',
      'check rescue': 'can destroy a file system while repairing it',
    },
  }),
  bcachefs: refuses('changes or makes file systems'),
  ceph: (call) => (call.words.length === 1 && call.words[0]!.text === '-s' ? undefined : ceph(call)),

  ...each('ceph-volume ceph-deploy ceph-authtool', asks('changes a Ceph cluster')),
  rbd: verbs({
    risky: settings,
    allow: 'ls list info status du',
    refuse: { 'rm remove trash.purge trash.rm snap.purge snap.rollback': 'destroys a disk image' },
  }),
  rados: refuses('works on the objects of a Ceph cluster directly'),
  gluster: verbs({
    risky: settings,
    allow: 'volume.info volume.status volume.list peer.status pool.list',
    refuse: { 'volume.delete volume.stop peer.detach volume.remove-brick volume.reset': 'takes a volume or a member away' },
  }),
  drbdadm: verbs({ allow: 'status dump role cstate dstate', refuse: { 'create-md wipe-md invalidate down': 'throws away a replica' } }),
  iscsiadm: asks('changes where disks come from'),
  ...each('arcstat arc_summary', reads),
  'proxmox-backup-client': verbs({
    allow: 'list snapshot.list status version',
    refuse: { 'snapshot.forget prune snapshot.remove': 'deletes backups' },
  }),
  'proxmox-backup-manager': verbs({
    allow: 'version.list datastore.list task.list',
    refuse: { 'datastore.remove garbage-collection.start disk.wipe': 'deletes backups' },
  }),
  restic: verbs({
    risky: programs,
    options: '-r: --repo: --json -q',
    allow: 'snapshots stats ls version',
    refuse: { 'forget prune key.remove': 'deletes backups' },
  }),
  borg: verbs({ risky: programs, allow: 'list info', refuse: { 'delete prune compact recreate': 'deletes backups' } }),
}
