import type { Rules } from '../call.ts'
import { asks, each, reads, refuses, verbs } from '../judges.ts'
import { ask } from '../verdict.ts'
import { runsInside } from '../wrappers/unwrap.ts'

const guest = 'destroys a guest with its disks'
const membership = 'changes who belongs to the cluster'
const guestState = 'changes whether a guest runs, or its configuration'

/** Guests and the clusters they run on. */
export const guests: Rules = {
  qm: verbs({
    allow: 'list status config pending listsnapshot showcmd cloudinit.dump version',
    ask: {
      'start stop shutdown reboot reset suspend resume set migrate clone template snapshot delsnapshot resize unlock move-disk move_disk importdisk importovf create restore monitor terminal sendkey vncproxy guest.passwd wait cleanup disk.import disk.move disk.resize disk.rescan rescan cloudinit.update nbdstop remote-migrate enroll-efi-keys import mtunnel':
        guestState,
    },
    refuse: {
      destroy: guest,
      rollback: 'throws away what a guest wrote since a snapshot',
      'unlink disk.unlink': 'deletes the disk of a guest',
    },
    judge: { 'guest.exec': runsInside('--timeout: --synchronous: --pass-stdin:', 1), 'guest.exec-status': reads },
  }),
  pct: verbs({
    allow: 'list status config pending listsnapshot df cpusets',
    ask: {
      'start stop shutdown reboot suspend resume set migrate clone template snapshot delsnapshot resize unlock move-volume move_volume create restore enter console push pull mount unmount fstrim fsck rescan remote-migrate':
        guestState,
    },
    refuse: { destroy: guest, rollback: 'throws away what a guest wrote since a snapshot' },
    judge: { exec: runsInside('--keep-env:', 1) },
  }),
  pvecm: verbs({
    allow: 'status nodes apiver',
    refuse: { 'delnode add create expected addnode updatecerts mtunnel qdevice': membership },
  }),
  pveceph: verbs({
    allow: 'status lspools pool.ls',
    refuse: {
      'purge osd.destroy destroyosd mon.destroy destroymon mgr.destroy mds.destroy pool.destroy destroypool fs.destroy':
        'destroys a part of a Ceph cluster',
    },
  }),
  pvesm: verbs({
    allow: 'status list path scan.nfs scan.cifs scan.lvm scan.zfs nfsscan lvmscan zfsscan',
    ask: { 'add set alloc import export prune-backups extractconfig': 'changes a storage' },
    refuse: { free: 'destroys a volume', remove: 'takes a storage away' },
  }),
  pvesh: verbs({
    allow: 'get ls usage help',
    ask: { 'create set': 'changes something over the API of Proxmox' },
    refuse: { delete: 'deletes something over the API of Proxmox' },
  }),
  'ha-manager': verbs({
    allow: 'status config groupconfig rules.list',
    ask: { 'add remove set migrate relocate crm-command groupadd groupset groupremove': 'changes what is kept running' },
  }),
  pveum: verbs({
    allow: 'user.list group.list role.list acl.list realm.list user.token.list pool.list',
    ask: { 'user passwd group role acl realm ticket': 'changes who may do what' },
  }),
  pvenode: verbs({
    allow: 'task.list task.log task.status config.get cert.info',
    ask: { 'startall stopall migrateall wakeonlan acme cert config': 'changes the node' },
  }),
  pvesr: verbs({
    allow: 'list status read',
    ask: { 'create-local-job update run disable enable delete schedule-now': 'changes replication' },
  }),
  'pve-firewall': verbs({ allow: 'status compile localnet simulate', ask: { 'start stop restart': 'changes the firewall' } }),
  ...each('vzdump qmrestore qmigrate pmxcfs pvescheduler pvedaemon', asks('works on guests or on the cluster')),
  corosync: refuses(membership),
  ...each('corosync-cfgtool corosync-quorumtool', (call) =>
    call.words.every(({ text }) => /^-[slimpbn]+$/.test(text)) ? undefined : ask(membership),
  ),
  ...each(
    'pcs crm crm_resource crm_node',
    verbs({ allow: 'status resource.status', refuse: { 'cluster.destroy node.remove cluster.node.remove': membership } }),
  ),
  virsh: verbs({
    risky: ({ words }) => (words.some(({ text }) => text.includes(';')) ? ask('holds several commands') : undefined),
    options: '-q --quiet -r --readonly',
    allow:
      'list dominfo domstate domblklist domiflist domifaddr domstats vcpuinfo dumpxml net-list net-info pool-list pool-info vol-list vol-info nodeinfo version uri hostname capabilities snapshot-list',
    ask: {
      'start shutdown reboot reset suspend resume define create autostart snapshot-create snapshot-create-as snapshot-delete migrate setmem setvcpus edit':
        guestState,
    },
    refuse: {
      'destroy undefine': 'ends a guest at once, or takes it away',
      'vol-delete vol-wipe pool-delete pool-destroy pool-undefine net-destroy net-undefine snapshot-revert':
        'destroys a volume, a pool or a network of guests',
    },
  }),
  ...each(
    'lxc incus',
    verbs({
      allow: 'list ls info config.show image.list network.list storage.list profile.list version',
      ask: { 'start stop restart launch init snapshot copy move config.set': guestState },
      refuse: {
        'delete rm storage.delete storage.volume.delete image.delete network.delete cluster.remove restore':
          'destroys a guest, an image or a storage',
      },
      judge: { exec: runsInside('--env: --user: --cwd: -t -T -n', 1) },
    }),
  ),
  'lxc-ls': reads,
  'lxc-info': reads,
  'lxc-destroy': refuses(guest),
  ...each('lxc-stop lxc-start lxc-snapshot lxc-create lxc-copy', asks(guestState)),
  vboxmanage: asks(guestState),
  VBoxManage: asks(guestState),
  xe: asks(guestState),
  xl: verbs({ allow: 'list info', refuse: { destroy: guest } }),
}
