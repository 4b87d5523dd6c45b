import { btrfsPools } from './btrfs.ts'
import { mdPools } from './mdstat.ts'
import type { Pool } from './pool.ts'
import { sh, type Part } from './script.ts'
import type { Sections } from './sections.ts'
import { worstFirst } from './verdict.ts'
import { zfsPools } from './zpool.ts'

/** Pools of disks: ZFS, MD and Btrfs, each where it is there. */
export const poolsPart: Part = {
  name: 'pools',
  body: sh`
section pools:now; echo "$now"
if has zpool; then
  section pools:zfs:list; limited 5 zpool list -Hp -o name,size,allocated,capacity,fragmentation,health
  section pools:zfs:status; limited 5 zpool status
fi
if [ -r /proc/mdstat ]; then section pools:md; cat /proc/mdstat; fi
if has btrfs; then
  seen=' '
  while read -r device point type rest; do
    [ "$type" = btrfs ] || continue
    case $seen in *" $device "*) continue ;; esac
    seen="$seen$device "
    path=$point
    case $path in *\\*) path=$(printf "$path") ;; esac
    section "pools:btrfs:stats:$point"; limited 5 btrfs device stats "$path"
    section "pools:btrfs:show:$point"; limited 5 btrfs filesystem show "$path"
    section "pools:btrfs:scrub:$point"; limited 5 btrfs scrub status "$path"
    section "pools:btrfs:space:$point"; limited 5 df -Pk "$path"
  done </proc/mounts
fi`,
}

/** Reads what the part printed, the worst first. */
export function poolsOf(sections: Sections): Pool[] {
  const now = Number(sections.text('pools:now').trim()) * 1000
  return worstFirst([...zfsPools(sections, now), ...mdPools(sections.text('pools:md')), ...btrfsPools(sections, now)])
}
