import type { Rules } from '../call.ts'
import { asks, each, verbs } from '../judges.ts'

/** What takes a host down. */
export const power: Rules = {
  ...each('reboot shutdown halt poweroff', asks('takes this host down')),
  ...each('init telinit', asks('changes the state of the whole host')),
  ...each('kexec pm-suspend pm-hibernate rtcwake', asks('takes this host down')),
  ipmitool: verbs({
    options: '-I:',
    allow: 'sensor sdr sel.list sel.elist fru chassis.status power.status lan.print mc.info',
    ask: { 'power chassis.power mc.reset sel.clear raw user chassis.bootdev lan.set sol': 'works on the host below its system' },
  }),
  ...each('apcupsd upsdrvctl upscmd upsrw', asks('works on the power supply')),
  upsc: () => undefined,
  ...each(
    'flashrom fwupdmgr fwupdate efibootmgr grub-install update-grub grub-mkconfig update-initramfs dracut mkinitramfs proxmox-boot-tool bootctl',
    asks('changes how this host starts'),
  ),
  ...each('modprobe rmmod insmod depmod sysctl', ({ name, words }) =>
    name === 'sysctl' && words.every(({ text }) => /^(?:-a|-n|[\w.]+)$/.test(text))
      ? undefined
      : { decision: 'ask', why: 'changes the running kernel' },
  ),
}
