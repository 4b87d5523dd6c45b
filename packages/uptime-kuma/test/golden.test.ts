import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import uptimeKuma from '../src/index.ts'

const immich = { name: 'Immich', url: 'https://photos.home.example', group: 'Services', tags: ['media', 'photos'] }

test('what a model sees of the service is what was agreed', () => checkToolsGolden(uptimeKuma, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(uptimeKuma, new URL('transcript.md', import.meta.url), [
    { say: 'Is anything down?', call: ['get_status'] },
    { say: 'What about Jellyfin?', call: ['get_monitor', { monitor: 'Jellyfin' }] },
    { say: 'And everything else?', call: ['list_monitors'] },
    { say: 'Why does the DNS not hold still?', call: ['list_heartbeats', { monitor: 'Router DNS' }] },
    {
      say: 'The NAS gets a new disk. First, what would happen:',
      call: ['start_maintenance', { title: 'New disk', monitors: ['NAS', 'NAS ssh'], minutes: 45 }],
    },
    {
      say: 'The person agrees.',
      call: ['start_maintenance', { title: 'New disk', monitors: ['NAS', 'NAS ssh'], minutes: 45 }],
      confirm: true,
    },
    { say: 'It went faster.', call: ['end_maintenance', { maintenance: 'New disk' }] },
    { say: 'Watch the photos, too.', call: ['create_monitor', immich] },
    { say: 'Yes.', call: ['create_monitor', immich], confirm: true },
    { say: 'Asked for again, there is nothing to do.', call: ['create_monitor', immich] },
    { say: 'One of that name that is another is told apart.', call: ['create_monitor', { name: 'NAS', host: '10.0.0.11' }] },
    { say: 'What is deleted can be made again, but for what it saw.', call: ['delete_monitor', { monitor: 'Nextcloud' }] },
    { say: 'A slip in a name is answered with the nearest one.', call: ['pause_monitor', { monitor: 'Jelyfin' }] },
  ]))
