import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { indented, playConversation } from './demo/conversation.ts'
import { startHub } from './demo/hub-process.ts'

const say = (text: string) => process.stdout.write(`${text}\n\n`)

// Whoever reads may stop reading (`| head`): the hub is ended in order all the same.
process.stdout.on('error', () => undefined)

async function main(): Promise<void> {
  const staysUp = !process.argv.includes('--once')
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-demo-'))
  const bin = join(dirname(process.argv[1] ?? ''), 'bin.cjs')
  try {
    const hub = staysUp
      ? await startHub({ bin, directory, address: '127.0.0.1:3005' }).catch(() => startHub({ bin, directory, address: '127.0.0.1:0' }))
      : await startHub({ bin, directory, address: '127.0.0.1:0' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void hub.stop())
    try {
      say(`A pretend homelab, served by the hub at ${hub.url}. An MCP client asks, the hub answers:`)
      const client = new Client({ name: 'rackwarden-demo', version: '1.0.0' })
      await client.connect(new StreamableHTTPClientTransport(new URL(hub.url)))
      await playConversation(client, say)
      await client.close()
      say(`Person: Show me what you did.`)
      // Reads are on disk within a second.
      await sleep(1_000)
      say(`$ rackwarden audit\n${indented(await hub.run('audit'))}`)
      say(`$ rackwarden audit --verify\n${indented(await hub.run('audit', '--verify'))}`)
      if (staysUp) {
        say(
          [
            'The pretend homelab stays up until Ctrl-C. Try it yourself:',
            `  Claude Code:  claude mcp add --transport http rackwarden-demo ${hub.url}`,
            `  Any client:   {"mcpServers": {"rackwarden-demo": {"type": "http", "url": "${hub.url}"}}}`,
            `  A shell:      curl -s ${hub.url} -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
          ].join('\n'),
        )
        await hub.ended
      }
    } finally {
      await hub.stop()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
