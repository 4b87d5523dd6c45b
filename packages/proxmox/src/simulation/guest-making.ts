import type { SimulatedGuest } from './world.ts'

/** The hardware address a pretend guest is given: that of the vendor, and its id. */
export function macOf(id: number, device = 0): string {
  const hex = (id * 16 + device).toString(16).padStart(6, '0').toUpperCase()
  return `BC:24:11:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`
}

/** The configuration of a guest, as Proxmox keeps it. */
export function guestConfigOf(given: SimulatedGuest): Record<string, string | number> {
  const {
    id,
    name,
    kind,
    cores = 2,
    memoryMib = 2_048,
    tags,
    template,
    address,
    agent,
    storage = 'ceph',
    diskGib = 16,
    config = {},
  } = given
  const shared = { cores, ...(tags === undefined ? {} : { tags }), ...(template === true ? { template: 1 } : {}) }
  const gateway = address === undefined ? '' : `,gw=${address.replace(/\d+$/, '1')}`
  if (kind === 'lxc')
    return {
      hostname: name,
      ...shared,
      arch: 'amd64',
      ostype: 'debian',
      memory: memoryMib,
      swap: 512,
      unprivileged: 1,
      rootfs: `${storage}:subvol-${id}-disk-0,size=${diskGib}G`,
      net0: `name=eth0,bridge=vmbr0,hwaddr=${macOf(id)},ip=${address === undefined ? 'dhcp' : `${address}/24${gateway}`},type=veth`,
      ...config,
    }
  return {
    name,
    ...shared,
    // A number here, and text in some versions.
    memory: String(memoryMib),
    sockets: 1,
    ostype: 'l26',
    scsihw: 'virtio-scsi-single',
    boot: 'order=scsi0',
    vmgenid: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    scsi0: `${storage}:vm-${id}-disk-0,iothread=1,size=${diskGib}G`,
    net0: `virtio=${macOf(id)},bridge=vmbr0,firewall=1`,
    ...(agent === undefined ? {} : { agent: '1,fstrim_cloned_disks=1' }),
    ...(address === undefined ? {} : { ipconfig0: `ip=${address}/24${gateway}`, ide2: `${storage}:vm-${id}-cloudinit,media=cdrom` }),
    ...config,
  }
}
