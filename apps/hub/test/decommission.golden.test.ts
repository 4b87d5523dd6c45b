import { checkConversation } from '@rackwarden/core/testing'
import type { CallResult } from '@rackwarden/core/runtime'
import { test } from 'vitest'
import { openLabHub } from './lab-hub.ts'

const [monitor, record, container] = [{ monitor: 'Ollama' }, { name: 'ollama.lab.lan' }, { container: 'ollama' }]

/** The group of the decommission, as its plan told it. */
function group([planned]: readonly CallResult[]): string {
  return planned?.kind === 'done' ? (planned.output as { id: string }).id : ''
}

test('a service is taken away all over the lab, and comes back with one undo', async () => {
  const { call } = await openLabHub('configure')
  await checkConversation('Decommission the ollama service', new URL('decommission.md', import.meta.url), call, [
    { say: 'Decommission the ollama service. What is there of it?', call: ['plan_decommission', { name: 'ollama' }] },
    { say: 'What is hurried is refused: the order is part of the plan.', call: ['docker_stop_container', container] },
    { say: 'First nobody is to be paged for it.', call: ['uptime_kuma_pause_monitor', monitor] },
    { say: 'The person agrees.', call: ['uptime_kuma_pause_monitor', monitor], confirm: true },
    { say: 'Then its name goes, on both Pi-holes or on none.', call: ['pihole_remove_record', record] },
    { say: 'Yes.', call: ['pihole_remove_record', record], confirm: true },
    { say: 'Then the container itself.', call: ['docker_stop_container', container] },
    { say: 'Yes.', call: ['docker_stop_container', container], confirm: true },
    { say: 'Is anything left of it?', call: ['plan_decommission', { name: 'ollama' }] },
    { say: 'Somebody used it after all. All of it back:', call: (answers) => ['undo_change', { change: group(answers) }] },
    { say: 'The person agrees once, to all of it.', call: (answers) => ['undo_change', { change: group(answers) }], confirm: true },
    { say: 'Is it as it was?', call: ['find_asset', { query: 'ollama' }] },
  ])
})
