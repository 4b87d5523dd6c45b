import { sh, type Part } from './script.ts'
import { numberOf, type Sections } from './sections.ts'
import { smartOf, type Smart } from './smart.ts'
import { worstFirst, type Verdict } from './verdict.ts'

/** The disks of a host and what SMART says of them; one that sleeps is left asleep. */
export const disksPart: Part = {
  name: 'disks',
  body: sh`
section disks:block
for disk in /sys/block/*; do
  name=\${disk##*/}
  case $name in loop* | ram* | zram* | dm-* | md* | sr* | fd* | zd* | nbd* | drbd* | rbd* | mtdblock* | *boot[01]) continue ;; esac
  of "$disk/size"; size=$value
  [ "\${size:-0}" != 0 ] || continue
  of "$disk/queue/rotational"; rotational=$value
  of "$disk/device/model"
  printf '%s\t%s\t%s\t%s\n' "$name" "$size" "$rotational" "$value"
done
if has smartctl; then
  section disks:version; smartctl --version | sed -n 1p
  limited 5 smartctl --scan | while read -r device flag type rest; do
    case $device in /dev/*) ;; *) continue ;; esac
    section "disks:smart:$device $type"
    case $type in
      scsi | sat | '') limited 8 smartctl --json=c -n standby -i -H -A "$device" </dev/null ;;
      *) limited 8 smartctl --json=c -n standby -i -H -A -d "$type" "$device" </dev/null ;;
    esac
  done
fi`,
}

/** One disk, with a verdict and what speaks for it. */
export interface Disk extends Partial<Smart> {
  name: string
  model: string
  /** Bytes. */
  size: number
  kind: string
  verdict: Verdict
  evidence: string
}

/** The disks of a host, the worst first; `hasSmart` tells whether anybody asked them. */
export function disksOf(sections: Sections): { disks: Disk[]; hasSmart: boolean } {
  const hasSmart = sections.has('disks:version')
  const blocks = new Map(
    sections.lines('disks:block').map((line) => {
      const [name = '', sectors, rotational, model = ''] = line.split('\t')
      return [name, { size: (numberOf(sectors) ?? 0) * 512, rotational: rotational === '1', model: model.trim() }]
    }),
  )
  const asked = sections.below('disks:smart:').map(({ name, text }) => {
    const [device = '', type = ''] = name.split(' ')
    const isShared = /,/.test(type)
    return {
      name: `${device.replace('/dev/', '')}${isShared ? ` ${type}` : ''}`,
      block: blockOf(device.replace('/dev/', '')),
      smart: smartOf(text),
    }
  })
  const answered = new Set(asked.map(({ block }) => block))
  const silent = [...blocks].filter(([name]) => !answered.has(name))
  const disks = [
    ...asked.map(({ name, block, smart }): Disk => {
      const known = blocks.get(block)
      return {
        ...smart,
        name,
        model: smart.model || known?.model || '',
        size: smart.size || known?.size || 0,
        kind: smart.kind || kindOf(block, known?.rotational),
      }
    }),
    ...silent.map(([name, { size, rotational, model }]): Disk => ({
      name,
      model,
      size,
      kind: kindOf(name, rotational),
      verdict: 'unknown',
      evidence: hasSmart ? 'smartctl does not know how to ask it' : 'there is no smartctl on this host',
    })),
  ]
  return { disks: worstFirst(disks), hasSmart }
}

// smartctl names the controller of an NVMe disk, the kernel its name space.
function blockOf(device: string): string {
  return /^nvme\d+$/.test(device) ? `${device}n1` : device
}

function kindOf(name: string, rotational: boolean | undefined): string {
  if (name.startsWith('nvme')) return 'nvme'
  if (/^(?:vd|xvd)/.test(name)) return 'virtual'
  if (name.startsWith('mmcblk')) return 'flash'
  return rotational === true ? 'hdd' : 'ssd'
}
