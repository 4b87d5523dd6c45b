import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'A healthy container proves only its own check',
    text: 'Without a health check a container that answers nobody still counts as running: ask what it serves, by a monitor or a probe, before you call it well.',
  },
  {
    title: 'Restarting is not recreating',
    text: 'A restart keeps image, variables and mounts as they were. A new image or a changed compose file takes effect only where the container is made anew, with recreate_container or by compose.',
  },
  {
    title: 'What was not in a volume is gone',
    text: 'Deleting or recreating a container loses what it wrote outside its volumes; get_container names the mounts.',
  },
  {
    title: 'An anonymous volume looks like an orphan',
    text: 'A volume whose name is 64 hexadecimal digits may hold the only copy of a database whose container was recreated. Look at it before it is pruned.',
  },
  {
    title: 'Networks of containers share one fate',
    text: 'A container in the network of another (network_mode: container or service) loses its network when that one is restarted, and must be restarted after it.',
  },
  {
    title: 'Published ports pass the firewall',
    text: 'Docker writes its own rules before those of ufw or firewalld: a port published on 0.0.0.0 is open to the whole network, whatever they say. Publish on 127.0.0.1 what is for this host alone.',
  },
  {
    title: 'Logs fill the disk',
    text: 'The json-file driver keeps logs for ever unless max-size is set; a container that repeats one error fills /var/lib/docker. get_logs shows what it repeats.',
  },
  {
    title: 'Latest says nothing',
    text: 'The tag latest tells no version: list_images shows the digest and the age. Two hosts with the same tag may run different images.',
  },
]

export default pitfalls
