import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openWrittenDown } from './written-down.ts'

describe('a prompt', () => {
  const cases = [
    ['diagnose', { symptom: 'the page does not load', target: 'jellyfin' }],
    ['daily_report', {}],
    ['decommission', { name: 'ollama' }],
    ['before_i_travel', { until: '2026-07-01' }],
    ['onboard_service', { service: 'docker' }],
    ['onboard_service', { service: 'immich' }],
  ] as const

  test.each(['observe', 'configure'] as const)('is worded for what there is at the tier %s', async (tier) => {
    const { catalogue } = await openWrittenDown(tier)
    const caller = { principal: 'local:me', tier }
    const tools = new Set(catalogue.list({ caller }).map(({ name }) => name))
    const parts: string[] = [`# Prompts at the tier ${tier}`]
    for (const [name, input] of cases) {
      const prompt = await catalogue.prompts?.get({ caller, name, input })
      const [message] = prompt !== undefined && 'messages' in prompt ? prompt.messages : []
      const text = String(message?.content['text'])
      for (const [tool] of text.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g)) expect([...tools, 'list_records']).toContain(tool)
      parts.push(`## ${name} ${JSON.stringify(input)}`, ['```', text, '```'].join('\n'))
    }
    const file = new URL(`prompts-${tier}.md`, import.meta.url)
    const whole = `${parts.join('\n\n')}\n`
    if (process.env['RACKWARDEN_GOLDENS'] === 'update') await writeFile(file, whole)
    expect(await readFile(file, 'utf8')).toBe(whole)
  })

  test('calls what is not listed through what is, where few tools are listed', async () => {
    const { catalogue } = await openWrittenDown()
    const view = { caller: { principal: 'local:me', tier: 'configure' }, exposure: 'search' } as const
    const prompt = await catalogue.prompts?.get({ ...view, name: 'diagnose', input: { target: 'jellyfin' } })
    const [message] = prompt !== undefined && 'messages' in prompt ? prompt.messages : []
    const text = String(message?.content['text'])
    expect(text).toContain('1. needs_attention, service_health')
    expect(text).toContain('find_asset query=jellyfin')
    expect(text).toContain('call_observe tool=search_docs input={"query":"jellyfin"}')
    expect(text).toContain('docker_get_logs')
    expect(text).toContain('A tool that is not listed is called through the call_ tool of its access: call_observe tool=<name> input={…}')
  })
})
