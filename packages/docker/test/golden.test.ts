import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import docker from '../src/index.ts'

test('what a model sees of the service is what was agreed', () => checkToolsGolden(docker, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(docker, new URL('transcript.md', import.meta.url), [
    { say: 'Is anything broken?', call: ['needs_attention'] },
    { say: 'What does api say?', call: ['get_logs', { container: 'api', tail: 5 }] },
    { say: 'Restart it. First, what would happen:', call: ['restart_container', { container: 'api' }] },
    { say: 'The person agrees.', call: ['restart_container', { container: 'api' }], confirm: true },
    { say: 'Stop the web server.', call: ['stop_container', { container: 'web' }] },
    { say: 'The person agrees.', call: ['stop_container', { container: 'web' }], confirm: true },
    { say: 'That was a mistake: its inverse is a start.', call: ['start_container', { container: 'web' }] },
    { say: 'The person agrees.', call: ['start_container', { container: 'web' }], confirm: true },
    {
      say: 'Put a cache beside it.',
      call: ['create_container', { name: 'cache', image: 'nginx:1.29', mounts: ['cache:/data'], ports: ['6380:80'] }],
    },
    {
      say: 'The person agrees.',
      call: ['create_container', { name: 'cache', image: 'nginx:1.29', mounts: ['cache:/data'], ports: ['6380:80'] }],
      confirm: true,
    },
    { say: 'Is the database taking connections?', call: ['exec_container', { container: 'db', command: ['pg_isready', '-U', 'shop'] }] },
    { say: 'The person agrees.', call: ['exec_container', { container: 'db', command: ['pg_isready', '-U', 'shop'] }], confirm: true },
    { say: 'Make the web server anew.', call: ['recreate_container', { container: 'web' }] },
    { say: 'The person agrees.', call: ['recreate_container', { container: 'web' }], confirm: true },
    { say: 'What can go?', call: ['prune', { keep: ['backup'] }] },
    { say: 'A name that is not there is answered with what is.', call: ['get_container', { container: 'wep' }] },
  ]))
