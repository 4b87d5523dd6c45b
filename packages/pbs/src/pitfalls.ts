import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'Deleting frees nothing by itself',
    text: 'Prune and delete forget snapshots; their chunks go with garbage collection, and only a day after they were last used. A full datastore stays full until then.',
  },
  {
    title: 'A datastore that is full cannot be collected',
    text: 'Garbage collection writes access times. At 100 % make room beneath the datastore first, or grow it.',
  },
  {
    title: 'A backup nobody verified may be none',
    text: 'Bit rot shows when it is read. get_verify_coverage says what was never verified, or long ago.',
  },
  {
    title: 'The token has a colon',
    text: 'PBSAPIToken=user@pbs!name:secret, where Proxmox VE writes an equals sign. It has rights of its own only: give it an ACL on the datastore.',
  },
  {
    title: 'Namespaces are looked through one by one',
    text: 'The same guest may have a group in several. Two clusters that write into one namespace mix their guests of equal numbers.',
  },
  {
    title: 'protected keeps a snapshot, not its group',
    text: 'Prune passes it over, and it counts for no keep rule. Whoever may delete can also unprotect it.',
  },
  {
    title: 'A sync pulls deletions, too, where it is told to',
    text: 'With remove-vanished a copy loses what the source lost. Without it, the copy only grows.',
  },
]

export default pitfalls
