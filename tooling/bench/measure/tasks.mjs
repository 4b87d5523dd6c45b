/**
 * Tasks on the pretend lab, from a question to the end, in the words somebody asks in.
 * @type {readonly { name: string, steps: readonly import('./scripted-model.mjs').Step[] }[]}
 */
export const tasks = [
  {
    name: 'take a service away all over the lab',
    steps: [
      { ask: 'decommission the ollama service', tool: 'plan_decommission', input: { name: 'ollama' } },
      { ask: 'pause the monitor of ollama', tool: 'uptime_kuma_pause_monitor', input: { monitor: 'Ollama' } },
      { ask: 'yes', tool: 'uptime_kuma_pause_monitor', input: { monitor: 'Ollama' }, confirm: true },
      { ask: 'remove the dns record', tool: 'pihole_remove_record', input: { name: 'ollama.lab.lan' } },
      { ask: 'yes', tool: 'pihole_remove_record', input: { name: 'ollama.lab.lan' }, confirm: true },
      { ask: 'stop the container', tool: 'docker_stop_container', input: { container: 'ollama' } },
      { ask: 'yes', tool: 'docker_stop_container', input: { container: 'ollama' }, confirm: true },
      { ask: 'is anything left of ollama', tool: 'plan_decommission', input: { name: 'ollama' } },
    ],
  },
  {
    name: 'find what is broken, and mend it',
    steps: [
      { ask: 'is everything up', tool: 'service_health' },
      { ask: 'what is broken', tool: 'needs_attention' },
      { ask: 'what does paperless write', tool: 'docker_get_logs', input: { container: 'paperless-web', tail: 50 } },
      { ask: 'bounce the paperless container', tool: 'docker_restart_container', input: { container: 'paperless-web' } },
      { ask: 'yes', tool: 'docker_restart_container', input: { container: 'paperless-web' }, confirm: true },
      { ask: 'is it well now', tool: 'docker_get_container', input: { container: 'paperless-web' } },
    ],
  },
  {
    name: 'one question',
    steps: [{ ask: 'which container is eating all the ram', tool: 'docker_get_stats' }],
  },
]
