import { diffOf, toolsFor } from '@rackwarden/core'
import { z } from 'zod'

/** What is needed of a DNS server. */
interface DnsClient {
  record(domain: string): Promise<{ address: string } | undefined>
  setRecord(domain: string, address: string): Promise<{ domain: string; address: string }>
}

const defineTool = toolsFor<DnsClient>()

export const addRecord = defineTool({
  name: 'add_record',
  title: 'Add a DNS record',
  description: 'Point a local name at an address.',
  access: 'configure',
  idempotent: true,
  input: z.object({ domain: z.string().describe('Name.'), address: z.string().describe('Address it leads to.') }),
  output: z.object({ domain: z.string().describe('Name.'), address: z.string().describe('Address.') }),
  state: ({ domain }, { client }) => client.record(domain),
  plan: ({ domain, address }, { state }) => ({
    summary: `Point ${domain} at ${address}`,
    targets: [`dns/record/${domain}`],
    diff: diffOf(state, { domain, address }),
  }),
  run: ({ domain, address }, { client }) => client.setRecord(domain, address),
  settled: (after, { address }) => after?.address === address || 'not answered yet',
  undo: (before, { domain }) =>
    before === undefined
      ? { tool: 'remove_record', input: { domain } }
      : { tool: 'add_record', input: { domain, address: before.address } },
})
