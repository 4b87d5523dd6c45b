import type { Pitfall } from '@rackwarden/core'

const pitfalls: readonly Pitfall[] = [
  {
    title: 'Up is what the monitor looks at',
    text: 'A monitor of a port says that something listens, one of a web page that it answered 200, even with an error text on it. Give it a keyword where that matters.',
  },
  {
    title: 'It watches from where it stands',
    text: 'What fails for Uptime Kuma may be its own DNS or container network, what works for it may be closed to others. Probe from elsewhere before you restart the thing.',
  },
  {
    title: 'Down takes its retries',
    text: 'A monitor is pending until its retries are used up: with 60 seconds and 5 retries nobody is told for six minutes.',
  },
  {
    title: 'Paused monitors stay paused',
    text: 'Nothing resumes one by itself, and what is paused does not tell. Maintenance ends; use start_maintenance where a time is known.',
  },
  {
    title: 'An API key opens no door here',
    text: 'Keys (uk1_…) are for /metrics alone; the socket wants name and password, with the second factor where one is set.',
  },
  {
    title: 'Logins are counted for everybody',
    text: 'Twenty a minute, from all together. A client that logs in with every call locks the others out.',
  },
  {
    title: 'A group is down when one in it is',
    text: 'Look at what is in the group, not at the group: get_monitor names it.',
  },
]

export default pitfalls
