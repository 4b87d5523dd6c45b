import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'A job that runs may do nothing',
    text: 'Quiet Lantern calls a job running once it was started, whether or not it gets on. list_jobs says since when; look at what it makes.',
  },
]

export default pitfalls
