import type { Rules } from '../call.ts'
import { asks, each, reads, refuses, risky, strictly, verbs } from '../judges.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { ask, refuse, strictest } from '../verdict.ts'

const mounts = 'changes file systems or where they are mounted'
const newFileSystem = 'makes a new file system over what is there'

/** Disks, partitions and file systems. */
export const disks: Rules = {
  ...each('mkfs mke2fs mkswap mkdosfs mkntfs newfs mkudffs', refuses(newFileSystem)),
  ...each('wipefs', (call) =>
    call.words.some(({ text }) => /^(?:-[a-zA-Z]*[ao]|--a|--o)/.test(text))
      ? refuse('erases the signatures of a disk')
      : ask('can erase the signatures of a disk'),
  ),
  blkdiscard: refuses('discards everything on a disk'),
  ...each('badblocks', asks('can overwrite a disk while it tests it')),
  ...each('fdisk sfdisk cfdisk gdisk sgdisk cgdisk parted', (call) => {
    const lists = call.words.some(({ text }) => ['-l', '--list', '-p', '--print', 'print', '-d', '--dump'].includes(text))
    const destroys = call.words.some(
      ({ text }) =>
        /^(?:--zap|--delete|--clear|-Z|-o|-z|-d\d|mklabel|mktable|rm|rescue)/.test(text) && call.name !== 'fdisk' && call.name !== 'sfdisk',
    )
    if (destroys && !(call.name === 'sfdisk' && lists)) return refuse('changes the partitions of a disk')
    return lists &&
      call.words.every(
        ({ text, splits }) =>
          !splits && /^(?:-l|--list|-p|--print|print|-d|--dump|-s|--script|-m|unit|\w{1,3}|free|\/dev\/[\w/-]+)$/.test(text),
      )
      ? undefined
      : ask('can change the partitions of a disk')
  }),
  'qemu-nbd': asks('attaches an image as a disk'),
  partprobe: asks('makes the kernel read partitions anew'),
  ...each('sg_format sg_sanitize', refuses('erases a disk')),
  nvme: verbs({
    allow: 'list list-subsys smart-log id-ctrl id-ns error-log version show-regs list-ns get-log',
    refuse: { 'format sanitize delete-ns write-zeroes write dsm detach-ns': 'erases a disk' },
  }),
  cryptsetup: verbs({
    risky: risky({ ask: { '--dump-master-key --dump-volume-key --master-key-file --volume-key-file': 'gives away the key of a disk' } }),
    allow: 'status luksDump isLuks luksUUID',
    refuse: {
      'luksFormat luksErase erase luksKillSlot luksRemoveKey reencrypt luksHeaderRestore format':
        'makes what is on an encrypted disk unreadable',
    },
  }),
  ...each('mount losetup swapon', ({ words }) =>
    words.length === 0 || (words.length === 1 && /^(?:-l|--list|-s|--show)$/.test(words[0]!.text)) ? undefined : ask(mounts),
  ),
  ...each('umount swapoff fsck e2fsck xfs_repair tune2fs resize2fs xfs_growfs e2label fstrim debugfs', asks(mounts)),
  ...each('dumpe2fs xfs_info', reads),
  blockdev: strictly('--getsize64 --getss --getsz --getro --getbsz --report', () => undefined),
  'qemu-img': verbs({
    risky: risky({ values: 'f', ask: { '-r --repair': 'repairs an image' } }),
    allow: 'info check map measure compare',
    ask: { 'create convert resize commit rebase amend snapshot bench dd': 'writes an image' },
  }),
  ...each('ddrescue partclone clonezilla fsarchiver', ({ words, scope }) =>
    strictest([
      ...words
        .slice(1)
        .map((word) => judgeWrite(word, scope))
        .filter((found) => found?.decision === 'refuse'),
      ask('copies whole disks'),
    ]),
  ),
}
