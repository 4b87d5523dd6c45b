import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'A device keeps its old answer',
    text: 'Browsers, systems and routers cache names, and browsers with DNS over HTTPS never ask Pi-hole. lookup shows what each instance answers now; if that is right, the trouble is on the device.',
  },
  {
    title: 'One of a pair answers differently',
    text: 'Clients use both servers, and not in order: an entry on one only works every other time. diff_instances shows it, sync_instances mends it.',
  },
  {
    title: 'A password for apps cannot write by itself',
    text: 'Records are changed with an app password only where webserver.api.app_sudo is true on that Pi-hole; otherwise it answers forbidden.',
  },
  {
    title: 'Sessions are few',
    text: 'Sixteen may be open at once. Scripts that never log out use them up, and then nobody gets in: api_seats_exceeded until one expires, after half an hour.',
  },
  {
    title: 'Names of the LAN end in a domain',
    text: 'A bare name is completed by the client, not by Pi-hole: nas may resolve on one device and not on another. Add records with their domain.',
  },
  {
    title: 'A regex deny blocks more than it says',
    text: 'A denied domain as a regular expression without anchors matches in the middle of names. explain_domain says which entry blocked a name.',
  },
  {
    title: 'Gravity is what counts, not the list',
    text: 'A list that was added or taken away has no effect before gravity was updated; update_gravity takes minutes and answers DNS meanwhile.',
  },
]

export default pitfalls
