import { need, type Asked } from './replies.ts'

/** Refuses who may not set an option of a guest to a value. */
export function needForOption(asked: Asked, id: number | string, key: string, value: string): void {
  const guest = `/vms/${id}`
  const bridge = /^net\d+$/.test(key) ? /(?:^|,)bridge=([^,]+)/.exec(value)?.[1] : undefined
  if (bridge !== undefined) need(asked, `/sdn/zones/localnetwork/${bridge}`, 'SDN.Use')
  // What starts when is the host's, too.
  if (key === 'startup') need(asked, '/', 'Sys.Modify')
  for (const privilege of privilegesFor(key, value)) need(asked, guest, privilege)
}

function privilegesFor(key: string, value: string): string[] {
  if (/^(?:cores|sockets|cpu|vcpus|cpulimit|numa)$/.test(key)) return ['VM.Config.CPU']
  if (/^(?:memory|balloon|swap|shares)$/.test(key)) return ['VM.Config.Memory']
  if (/^(?:net\d+|nameserver|searchdomain|hostname)$/.test(key)) return ['VM.Config.Network']
  if (/^(?:ci\w+|ipconfig\d+|sshkeys)$/.test(key)) return ['VM.Config.Cloudinit']
  if (/^(?:scsihw|machine|vga|tablet|serial\d+)$/.test(key)) return ['VM.Config.HWType']
  if (!/^(?:scsi|virtio|sata|ide|mp|rootfs|efidisk|tpmstate)\d*$/.test(key)) return ['VM.Config.Options']
  if (/:cloudinit\b/.test(value)) return ['VM.Config.Cloudinit', 'VM.Config.CDROM']
  return [/\bmedia=cdrom\b/.test(value) ? 'VM.Config.CDROM' : 'VM.Config.Disk']
}
