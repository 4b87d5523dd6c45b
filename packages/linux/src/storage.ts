import { sh, type Part } from './script.ts'
import { numberOf, type Sections } from './sections.ts'

/** What is mounted from disks of the host, and how full it is; network file systems may hang and are left alone. */
export const storagePart: Part = {
  name: 'storage',
  body: sh`
section storage:mounts
set --
seen=' '
while read -r device point type options rest; do
  case $type in
    ext[234] | xfs | btrfs | zfs | vfat | exfat | f2fs | jfs | reiserfs | bcachefs | ntfs | ntfs3 | fuseblk | nilfs2 | ubifs | jffs2) ;;
    overlay) [ "$point" = / ] || continue ;;
    *) continue ;;
  esac
  case $seen in *" $device "*) continue ;; esac
  case $point in *\\*) point=$(printf "$point") ;; esac
  [ -d "$point" ] || continue
  [ "$type" = overlay ] || seen="$seen$device "
  printf '%s\t%s\t%s\t%s\n' "$device" "$type" "\${options%%,*}" "$point"
  set -- "$@" "$point"
done </proc/mounts
if [ $# -gt 0 ]; then
  section storage:space; limited 5 df -Pk "$@"
  section storage:inodes; limited 5 df -Pi "$@"
fi`,
}

/** One file system on disks of the host. */
export interface FileSystem {
  point: string
  device: string
  type: string
  isReadOnly: boolean
  /** Bytes. */
  size: number
  used: number
  available: number
  /** As df counts it: of what is not reserved for root. */
  usedPercent: number
  /** Absent where the file system has no fixed number of them, or df does not say. */
  inodesPercent: number | undefined
}

/** Reads what the part printed. */
export function fileSystemsOf(sections: Sections): FileSystem[] {
  const space = tableOf(sections.lines('storage:space'))
  const inodes = tableOf(sections.lines('storage:inodes'))
  return sections.lines('storage:mounts').flatMap((line) => {
    const [device = '', type = '', options = '', point = ''] = line.split('\t')
    const found = space.get(point)
    if (found === undefined || found.size === 0) return []
    const spread = inodes.get(point)
    return [
      {
        point,
        device,
        type,
        isReadOnly: options === 'ro',
        size: found.size * 1024,
        used: found.used * 1024,
        available: found.available * 1024,
        usedPercent: percentOf(found),
        inodesPercent: spread === undefined || spread.size === 0 ? undefined : percentOf(spread),
      },
    ]
  })
}

interface Counted {
  size: number
  used: number
  available: number
}

function tableOf(lines: readonly string[]): Map<string, Counted> {
  return new Map(
    lines.slice(1).flatMap((line) => {
      const [, size, used, available, point = ''] = /\s(\d+|-)\s+(-?\d+|-)\s+(-?\d+|-)\s+\S+\s+(\/.*)$/.exec(line) ?? []
      if (size === undefined) return []
      return [[point, { size: numberOf(size) ?? 0, used: numberOf(used) ?? 0, available: Math.max(0, numberOf(available) ?? 0) }]]
    }),
  )
}

function percentOf({ used, available }: Counted): number {
  return used + available === 0 ? 0 : Math.min(100, Math.ceil((used / (used + available)) * 100))
}
