import { checkToolsGolden, checkTranscript } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pihole from '../src/index.ts'

const camera = { name: 'camera.home.example', addresses: ['10.20.0.41'] }

test('what a model sees of the service is what was agreed', () => checkToolsGolden(pihole, new URL('tools.json', import.meta.url)))

test('a conversation goes as it is told', () =>
  checkTranscript(pihole, new URL('transcript.md', import.meta.url), [
    { say: 'How are the Pi-holes?', call: ['get_status'] },
    { say: 'Is anything wrong with them?', call: ['needs_attention'] },
    { say: 'Which names does the house know?', call: ['list_records', { text: 'home.example' }] },
    { say: 'Make the second one like the first. First, what would happen:', call: ['sync_instances', { from: 'primary' }] },
    { say: 'The person agrees.', call: ['sync_instances', { from: 'primary' }], confirm: true },
    { say: 'There is a new camera.', call: ['add_record', camera] },
    { say: 'The person agrees.', call: ['add_record', camera], confirm: true },
    { say: 'A slip in a name is answered with the nearest one.', call: ['remove_record', { name: 'camra.home.example' }] },
    { say: 'Why does the shop not work on the tablet?', call: ['explain_domain', { domain: 'ads.example.com' }] },
    { say: 'Who asked for it?', call: ['search_queries', { domain: 'ads.example.com', since: '1d' }] },
    { say: 'Let it through.', call: ['allow_domain', { domain: 'ads.example.com', comment: 'the shop needs it' }] },
    { say: 'The person agrees.', call: ['allow_domain', { domain: 'ads.example.com', comment: 'the shop needs it' }], confirm: true },
    { say: 'Is it blocked still?', call: ['explain_domain', { domain: 'ads.example.com' }] },
    { say: 'Blocking off for five minutes, to see whether it is that.', call: ['set_blocking', { enabled: false, seconds: 300 }] },
    { say: 'The person agrees.', call: ['set_blocking', { enabled: false, seconds: 300 }], confirm: true },
    { say: 'And fetch the lists anew.', call: ['update_gravity'] },
    { say: 'The person agrees.', call: ['update_gravity'], confirm: true },
    { say: 'Restart them, one after the other.', call: ['restart_dns'] },
    { say: 'The person agrees.', call: ['restart_dns'], confirm: true },
  ]))
