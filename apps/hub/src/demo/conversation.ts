import type { Client } from '@modelcontextprotocol/client'

/** What is written to the person who watches. */
export type Say = (text: string) => void

/** Plays the demo conversation through a connected client; throws where it does not come out as told. */
export async function playConversation(client: Client, say: Say): Promise<void> {
  say('Person: Is anything broken?')
  await callTool(client, say, 'service_health')
  const before = await callTool(client, say, 'needs_attention')
  const container = sickContainer(before)

  say(`Person: Restart the sick container, ${container}.`)
  const plan = await callTool(client, say, 'docker_restart_container', { container })
  const confirm = /confirm: ([A-Z2-7]{16})/.exec(plan)?.[1]
  if (confirm === undefined) throw new Error('The restart was not planned.')
  say('Assistant: This is what I would do; nothing has happened yet. Shall I?')
  say('Person: Yes.')
  const done = await callTool(client, say, 'docker_restart_container', { container, confirm })
  if (!done.startsWith('DONE')) throw new Error('The restart did not settle.')

  say('Person: And now?')
  const after = await callTool(client, say, 'needs_attention')
  if (after.includes(`container/${container}]`)) throw new Error('The container still needs attention.')
}

async function callTool(client: Client, say: Say, name: string, input: Record<string, unknown> = {}): Promise<string> {
  const inputs = Object.entries(input).map(([key, value]) => ` ${key}=${String(value)}`)
  const result = await client.callTool({ name, arguments: input })
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
  say(`→ ${name}${inputs.join('')}\n${indented(text)}`)
  if (result.isError === true) throw new Error(`${name} failed.`)
  return text
}

/** The container of the first finding about an unhealthy one. */
function sickContainer(findings: string): string {
  const line = findings.split('\n').find((text) => text.includes('unhealthy') && text.includes('/container/'))
  const name = line === undefined ? undefined : /\/container\/([^\]]+)\]/.exec(line)?.[1]
  if (name === undefined) throw new Error('Nothing in the pretend lab is unhealthy.')
  return name
}

/** Text set off from what is said. */
export function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
