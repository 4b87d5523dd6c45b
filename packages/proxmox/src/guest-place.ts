/** The guest a request is about. */
export interface GuestPlace {
  kind: 'qemu' | 'lxc'
  node: string
  id: number
}
